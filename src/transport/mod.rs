//! Browser and HTTP as one way to see a page. The only room that knows WebDriver and reqwest for systems.
