package io.k3j.supervisor;

/// Why something failed, for a sentence.
final class Reason {
    private Reason() {
    }

    /// What it says; what it is, when it says nothing.
    static String of(Throwable failure) {
        String said = failure.getMessage();
        return said == null || said.isBlank() ? failure.getClass().getSimpleName() : said;
    }
}
