package io.k3j.durablefiles;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What is found on a disk after a power cut: everything below its root, by path.
record Recovered(Map<String, Held> files) {
    static final String DIRECTORY = "(directory)";
    static final Held ABSENT = new Held("(absent)", "---------");

    /// A content and the mode that goes with it.
    record Held(String content, String mode) {
        private static final int SHOWN = 20;

        @Override
        public String toString() {
            return equals(ABSENT) ? content : mode + " " + content.length() + " bytes: "
                    + content.substring(0, Math.min(SHOWN, content.length()));
        }
    }

    Held at(String path) {
        return Objects.requireNonNullElse(files.get(path), ABSENT);
    }

    /// What writes that were under way left.
    List<String> leftovers() {
        return files.keySet().stream().filter(path -> !written(path).equals(path)).toList();
    }

    /// The file that a leftover was to become; of any other path itself.
    static String written(String path) {
        return path.replaceFirst("(^|/)\\.([^/]+)\\.new$", "$1$2");
    }
}
