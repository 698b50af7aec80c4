//! The elements of HTML: how a word that was meant as a header is told from CSS.

/// Every element of the HTML standard that a page's body may hold, obsolete ones that old systems use included.
const ELEMENTS: &str = "\
    a abbr address area article aside audio b base bdi bdo big blockquote body br button canvas caption \
    center cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset \
    figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img \
    input ins kbd label legend li link main map mark marquee menu meta meter nav nobr noscript object ol \
    optgroup option output p path picture pre progress q rp rt ruby s samp script section select slot \
    small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th \
    thead time title tr track tt u ul use var video wbr";

/// Elements whose names are also words of English headers: "Due time", "Home address".
const ALSO_WORDS: &str = "\
    address code data details header input label link main map mark object output picture progress \
    section source style summary time title track video";

/// Whether `css` is one word that an English header may well end with.
pub(super) fn may_be_word(css: &str) -> bool {
    ALSO_WORDS.split(' ').any(|word| word == css)
}

/// The first word of `css` that stands alone and is no element, so that it was hardly meant as CSS.
pub(super) fn stranger(css: &str) -> Option<&str> {
    if css.contains(['.', '#', '[', '>', ':', '+', '~', '*', ',', '(']) {
        return None;
    }
    // A custom element has a hyphen in its name.
    let known =
        |word: &str| word.contains('-') || ELEMENTS.split(' ').any(|element| element.eq_ignore_ascii_case(word));
    css.split_whitespace().find(|word| !known(word))
}
