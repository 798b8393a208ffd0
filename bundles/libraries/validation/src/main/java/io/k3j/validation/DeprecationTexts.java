package io.k3j.validation;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// What `deprecationWarning` of a CustomResourceDefinition's version may say, in upstream's words: it goes to clients
/// as a header. Pure.
public final class DeprecationTexts {
    private static final String WARNING = "deprecationWarning";
    /// In bytes.
    private static final int LONGEST = 256;
    /// Go prints the others, and of the spaces the blank.
    private static final Set<Integer> UNPRINTABLE = Set.of((int) Character.CONTROL, (int) Character.FORMAT,
            (int) Character.SURROGATE, (int) Character.PRIVATE_USE, (int) Character.UNASSIGNED,
            (int) Character.SPACE_SEPARATOR, (int) Character.LINE_SEPARATOR, (int) Character.PARAGRAPH_SEPARATOR);

    private DeprecationTexts() {
    }

    /// Tells what is wrong with that of a version.
    ///
    /// @param p the place of the version
    public static void check(Struct version, Problems p) {
        if (!(version.get(WARNING) instanceof String text)) {
            return;
        }
        Problems at = p.at(WARNING);
        if (!version.flag("deprecated")) {
            at.invalid(text, "can only be set for deprecated versions");
            return;
        }
        if (bytes(text) > LONGEST) {
            at.invalid(text, "must be <= " + LONGEST + " characters long");
        }
        if (text.isEmpty()) {
            at.invalid(text, "must not be an empty string");
        }
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            if (points[i] != ' ' && UNPRINTABLE.contains(Character.getType(points[i]))) {
                at.invalid(text, "must only contain printable UTF-8 characters; non-printable character found at index "
                        + bytes(new String(points, 0, i)));
                return;
            }
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
