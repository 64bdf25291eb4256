"""Permits and parties by RapidFuzz and nomenklatura."""
import turns


def permits(question):
    """The place of the document whose number and holder are most like those asked for."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA, JaroWinkler

    number_weight, holder_weight = question["weights"]

    def answer():
        found = []
        for number, holder in question["asked"]:
            numbers = process.cdist([number], question["numbers"], scorer=OSA.normalized_similarity)[0]
            holders = process.cdist([holder], question["holders"], scorer=JaroWinkler.normalized_similarity)[0]
            found.append(int((number_weight * numbers + holder_weight * holders).argmax()))
        return found

    return answer


def jaro_winkler(question):
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    def answer():
        pairs = zip(question["asked"], question["lists"], strict=True)
        return [process.extractOne(name, names, scorer=JaroWinkler.normalized_similarity)[2] for name, names in pairs]

    return answer


def nomenklatura(question, algorithm):
    from followthemoney import model
    from nomenklatura.matching import get_algorithm

    matcher = get_algorithm(algorithm)
    config = matcher.default_config()

    def company(name):
        entity = model.make_entity("Company")
        entity.id = name
        entity.add("name", name)
        return entity

    asked = [company(name) for name in question["asked"]]
    lists = [[company(name) for name in names] for names in question["lists"]]

    def answer():
        found = []
        for entity, others in zip(asked, lists, strict=True):
            scores = [matcher.compare(entity, other, config).score for other in others]
            found.append(scores.index(max(scores)))
        return found

    return answer


def main():
    question, name = turns.asked()
    try:
        if "numbers" in question:
            turns.serve(permits(question))
        elif name.startswith("RapidFuzz"):
            turns.serve(jaro_winkler(question))
        else:
            turns.serve(nomenklatura(question, name.split(", ")[1]))
    except ImportError as error:
        turns.left_out(f"{error.name} is not installed")


main()
