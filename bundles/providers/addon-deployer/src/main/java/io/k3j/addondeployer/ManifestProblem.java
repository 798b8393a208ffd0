package io.k3j.addondeployer;

/// Why a manifest is not deployed now, for people: its reason is that of the Event, in K3s' words.
final class ManifestProblem extends Exception {
    private static final long serialVersionUID = 1L;
    private final String reason;
    private final Kind kind;

    /// What helps.
    enum Kind {
        /// Another state of the file.
        FILE,
        /// Time: it is tried again soon, later each time.
        TIME,
        /// Something that is expected in a moment, so that nobody is told at first.
        MOMENT
    }

    ManifestProblem(String reason, Kind kind, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.kind = kind;
    }

    /// `ReadManifestFailed`: the bytes could not be had.
    static ManifestProblem unreadable(Kind kind, String message) {
        return new ManifestProblem("ReadManifestFailed", kind, message);
    }

    /// `ParseManifestFailed`: the bytes are no manifest.
    static ManifestProblem unparseable(String message) {
        return new ManifestProblem("ParseManifestFailed", Kind.FILE, message);
    }

    String reason() {
        return reason;
    }

    Kind kind() {
        return kind;
    }

    /// Never null: every constructor has a message.
    String text() {
        return String.valueOf(getMessage());
    }
}
