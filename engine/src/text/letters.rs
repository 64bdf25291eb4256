//! Letters: which script they belong to, which marks carry no meaning for a name, which letters look alike.
//!
//! Sources: Unicode block ranges; the look-alike pairs are those of Unicode TR 39 that occur in shipping papers.

/// Scripts that need a rule of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    Digit,
    Latin,
    Greek,
    Cyrillic,
    /// Arabic letters, also for Persian and Urdu.
    Arabic,
    Hebrew,
    /// Scripts of India that write spaces.
    Indic,
    /// The script of Korean.
    Hangul,
    Hiragana,
    Katakana,
    /// Chinese characters.
    Han,
    /// Thai, Lao, Khmer and Burmese, which write no spaces between words.
    Spaceless,
    Other,
}

impl Script {
    /// True where words are not separated, so that a name may begin and end anywhere.
    pub fn is_spaceless(self) -> bool {
        matches!(self, Self::Han | Self::Spaceless | Self::Hiragana)
    }
}

/// Script of a letter or digit after folding.
pub fn script_of(c: char) -> Script {
    match c as u32 {
        0x30..=0x39 => Script::Digit,
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x2AF | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA722..=0xA7FF => Script::Latin,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x400..=0x52F => Script::Cyrillic,
        0x590..=0x5FF => Script::Hebrew,
        0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF => Script::Arabic,
        0x900..=0xDFF => Script::Indic,
        0xE00..=0xEFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0xAA60..=0xAA7F => Script::Spaceless,
        0x1100..=0x11FF | 0xAC00..=0xD7FF => Script::Hangul,
        0x3040..=0x309F => Script::Hiragana,
        0x30A0..=0x30FF | 0x31F0..=0x31FF => Script::Katakana,
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => Script::Han,
        _ => Script::Other,
    }
}

/// True for marks and signs that a name is written with or without: accents of alphabets, Thai and Lao tones,
/// Arabic and Hebrew points, the nukta, joiners, sound marks of kana.
pub(super) fn is_silent_mark(c: char, base: Script) -> bool {
    match c as u32 {
        0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF => true,
        0x0E47..=0x0E4C | 0x0EC8..=0x0ECC => true,
        0x0610..=0x061A | 0x0640 | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06ED => true,
        0x0591..=0x05C7 => true,
        0x093C | 0x09BC | 0x0A3C | 0x0ABC | 0x0B3C | 0x0CBC => true,
        0x17C9..=0x17D1 | 0x17DD => true,
        0x20D0..=0x20FF | 0xFE00..=0xFE0F => true,
        // What no kana before it takes up.
        0x3099 | 0x309A => true,
        _ => matches!(base, Script::Latin | Script::Greek | Script::Cyrillic) && is_mark(c),
    }
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// True for characters that show nothing: zero-width spaces and joiners, soft hyphen, direction marks, tags.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c as u32,
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFF8 | 0xE0000..=0xE0FFF)
}

/// The text without the signs that nobody sees.
pub(crate) fn without_invisible(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() || !text.contains(is_invisible) {
        return text.into();
    }
    text.chars().filter(|c| !is_invisible(*c)).collect::<String>().into()
}

/// Letters that folding writes otherwise: ligatures, stroked letters, spelling variants of Arabic.
/// `None` keeps the letter.
pub(super) fn respell(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ı' => "i",
        'þ' => "th",
        'ħ' => "h",
        'ŋ' => "n",
        'ς' => "σ",
        'أ' | 'إ' | 'آ' | 'ٱ' => "ا",
        'ى' | 'ی' | 'ئ' | 'ې' => "ي",
        'ة' | 'ۀ' | 'ە' | 'ہ' | 'ھ' => "ه",
        'ک' => "ك",
        'ؤ' => "و",
        'ڤ' => "ف",
        _ => return None,
    })
}

/// The Latin letter that a Cyrillic or Greek letter (lower case) looks like.
pub(super) fn latin_twin(c: char) -> Option<char> {
    let at = TWINS_OTHER.chars().position(|other| other == c)?;
    TWINS_LATIN.chars().nth(at)
}

/// The Cyrillic letter (lower case) that a Latin letter looks like.
pub(super) fn cyrillic_twin(c: char) -> Option<char> {
    const LATIN: &str = "aceopxyikmhtbsj";
    const CYRILLIC: &str = "асеорхуікмнтвѕј";
    let at = LATIN.chars().position(|latin| latin == c)?;
    CYRILLIC.chars().nth(at)
}

const TWINS_OTHER: &str = "асеорхуікмнтвѕјԁһӏԛԝгпьαβεηικμνορτυχωγδσλ";
const TWINS_LATIN: &str = "aceopxyikmhtbsjdhlqwrnbabenikmvoptuxwydol";

/// The letter that a digit or sign stands for inside a word (`r0sew00d`).
pub(super) fn letter_for_digit(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '8' => 'b',
        '7' => 't',
        _ => return None,
    })
}

/// The simplified form of a Chinese or Japanese character that occurs in names of woods and in their contexts.
pub(super) fn simplified(c: char) -> char {
    let mut pairs = HAN_PAIRS.chars();
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        if from == c {
            return to;
        }
    }
    c
}

/// Pairs: traditional or Japanese form, then the simplified one.
const HAN_PAIRS: &str = "\
黃黄紅红烏乌葉叶蝟猬雞鸡條条紋纹東东亞亚馬马達达黒黑鐵铁鉄铁緬缅國国\
盧卢羅罗蘭兰賽赛絨绒闊阔奧奥維维越越屬属種种類类樹树實实傢家產产製制\
畫画傳传統统櫃柜臺台檯台椅椅燈灯飾饰雕雕鋼钢樂乐聲声琴琴鍵键頭头\
顏颜漬渍漆漆塗涂裝装飯饭筷筷凳凳門门窗窗貼贴皮皮膜膜紙纸瀕濒針针闊阔\
飄飘錐锥歐欧檢检驗验廠厂鋸锯材材圓圆車车輪轮粧妆妝妆護护膚肤髮发潔洁\
濕湿淨净滋滋潤润霜霜爽爽調调盤盘寶宝鏈链鍊链戒戒圈圈釘钉項项鏡镜筆笔\
貢贡線线繡绣綠绿藍蓝紫紫灰灰棗枣檸柠橘橘柿柿餅饼樣样術术藝艺義义\
蠟蜡燭烛薰熏煙烟線线煉炼劑剂藥药麗丽質质園园廣广號号區区鄉乡鎮镇\
縣县灣湾島岛機机場场館馆學学書书報报誌志電电視视網网釀酿飲饮瑪玛\
剛刚爾尔諾诺納纳蘇苏熱热帶带產产縞缟貿贸購购價价進进賣卖買买會会際际業业";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_are_paired() {
        assert_eq!(TWINS_OTHER.chars().count(), TWINS_LATIN.chars().count());
        assert_eq!(HAN_PAIRS.chars().count() % 2, 0);
        assert_eq!(latin_twin('о'), Some('o'));
        assert_eq!(latin_twin('σ'), Some('o'));
        assert_eq!(simplified('黃'), '黄');
    }
}
