"""The thirty by zen-engine: for each view a decision graph with one node of expressions, evaluated once for each subject."""
import json

import turns


def graph(rules):
    """In, the expressions, out; what a rule says stands under its number."""
    expressions = [{"id": str(rule["n"]), "key": str(rule["n"]), "value": rule["zen"]} for rule in rules]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"expressions": expressions}},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})


def main():
    question, _ = turns.asked()
    try:
        import zen
    except ImportError as error:
        turns.left_out(f"{error.name} is not installed")
    engine = zen.ZenEngine()
    views = {rule["each"] for rule in question["rules"]}
    decisions = {
        view: engine.create_decision(graph([rule for rule in question["rules"] if rule["each"] == view])) for view in views
    }

    def answer():
        said = []
        for subjects in question["consignments"]:
            met = []
            for subject in subjects:
                result = decisions[subject["each"]].evaluate(subject["frame"])["result"]
                met += [[int(n), subject["n"]] for n, is_met in result.items() if is_met]
            said.append(sorted(met))
        return said

    turns.serve(answer)


main()
