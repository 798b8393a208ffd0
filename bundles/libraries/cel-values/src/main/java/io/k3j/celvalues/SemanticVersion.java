package io.k3j.celvalues;

import dev.cel.common.types.OpaqueType;
import java.util.List;

/// A semantic version.
///
/// @param before the parts of its pre-release, empty for a release
/// @param build its build metadata, which says nothing about the order
public record SemanticVersion(long major, long minor, long patch, List<String> before, List<String> build)
        implements
            Opaque,
            Comparable<SemanticVersion> {
    /// Reads a version.
    ///
    /// @throws EvalFailure in upstream's words
    public static SemanticVersion parse(String text) {
        if (text.isEmpty()) {
            throw new EvalFailure("Version string empty");
        }
        String[] parts = text.split("\\.", 3);
        if (parts.length != 3) {
            throw new EvalFailure("No Major.Minor.Patch elements found");
        }
        String rest = parts[2];
        int plus = rest.indexOf('+');
        List<String> build = plus < 0 ? List.of() : List.of(rest.substring(plus + 1).split("\\.", -1));
        String core = plus < 0 ? rest : rest.substring(0, plus);
        int dash = core.indexOf('-');
        List<String> before = dash < 0 ? List.of() : List.of(core.substring(dash + 1).split("\\.", -1));
        before.forEach(p -> part(p, true));
        build.forEach(p -> part(p, false));
        return new SemanticVersion(number(parts[0], "major"), number(parts[1], "minor"),
                number(dash < 0 ? core : core.substring(0, dash), "patch"), before, build);
    }

    private static void part(String part, boolean order) {
        if (part.isEmpty()) {
            throw new EvalFailure(order ? "Prerelease is empty" : "Build meta data is empty");
        }
        if (!part.chars().allMatch(c -> c == '-' || c < 128 && Character.isLetterOrDigit(c))) {
            throw new EvalFailure("Invalid character(s) found in prerelease \"" + part + "\"");
        }
        if (order && digits(part) && part.length() > 1 && part.startsWith("0")) {
            throw new EvalFailure("Numeric PreRelease version must not contain leading zeroes \"" + part + "\"");
        }
    }

    private static boolean digits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static long number(String text, String what) {
        if (!digits(text)) {
            throw new EvalFailure("Invalid character(s) found in " + what + " number \"" + text + "\"");
        }
        if (text.length() > 1 && text.startsWith("0")) {
            throw new EvalFailure(Character.toUpperCase(what.charAt(0)) + what.substring(1)
                    + " number must not contain leading zeroes \"" + text + "\"");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new EvalFailure("strconv.ParseUint: parsing \"" + text + "\": value out of range");
        }
    }

    @Override
    public int compareTo(SemanticVersion other) {
        int c = Long.compare(major, other.major);
        c = c != 0 ? c : Long.compare(minor, other.minor);
        c = c != 0 ? c : Long.compare(patch, other.patch);
        if (c != 0 || before.equals(other.before)) {
            return c;
        }
        if (before.isEmpty() || other.before.isEmpty()) {
            return before.isEmpty() ? 1 : -1;
        }
        for (int i = 0; i < Math.min(before.size(), other.before.size()); i++) {
            int p = parts(before.get(i), other.before.get(i));
            if (p != 0) {
                return p;
            }
        }
        return Integer.compare(before.size(), other.before.size());
    }

    private static int parts(String a, String b) {
        if (digits(a) && digits(b)) {
            return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
        }
        return digits(a) ? -1 : digits(b) ? 1 : a.compareTo(b);
    }

    /// Equal as the order has it: build metadata is not looked at.
    @Override
    public boolean equals(Object other) {
        return other instanceof SemanticVersion v && compareTo(v) == 0;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(major * 31 + minor) * 31 + Long.hashCode(patch);
    }

    @Override
    public OpaqueType type() {
        return Opaques.SEMVER;
    }
}
