package io.k3j.supervisor;

import java.nio.file.AccessDeniedException;

/// Why something failed, for a sentence.
final class Reason {
    private Reason() {
    }

    /// What it says; what it is, when it says nothing or only which file.
    static String of(Throwable failure) {
        if (failure instanceof AccessDeniedException denied && denied.getReason() == null) {
            return denied.getFile() + ": access denied";
        }
        String said = failure.getMessage();
        return said == null || said.isBlank() ? failure.getClass().getSimpleName() : said;
    }
}
