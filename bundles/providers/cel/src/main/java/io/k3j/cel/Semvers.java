package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static io.k3j.celvalues.Opaques.SEMVER;

import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.SemanticVersion;
import java.util.Arrays;
import java.util.List;

/// Upstream's semantic versions. See <https://semver.org>.
final class Semvers {
    private Semvers() {
    }

    static void enter(Functions f) {
        f.global("semver", "string_to_semver", SEMVER, (_, a) -> SemanticVersion.parse((String) a[0]), STRING);
        f.global("semver", "string_bool_to_semver", SEMVER, (_, a) -> parse((String) a[0], (Boolean) a[1]), STRING,
                BOOL);
        f.global("isSemver", "is_semver_string", BOOL, (_, a) -> readable((String) a[0], false), STRING);
        f.global("isSemver", "is_semver_string_bool", BOOL, (_, a) -> readable((String) a[0], (Boolean) a[1]), STRING,
                BOOL);
        f.member("isGreaterThan", "semver_is_greater_than", BOOL, (_, a) -> compare(a) > 0, SEMVER, SEMVER);
        f.member("isLessThan", "semver_is_less_than", BOOL, (_, a) -> compare(a) < 0, SEMVER, SEMVER);
        f.member("compareTo", "semver_compare_to", INT, (_, a) -> compare(a), SEMVER, SEMVER);
        f.member("major", "semver_major", INT, (_, a) -> of(a[0]).major(), SEMVER);
        f.member("minor", "semver_minor", INT, (_, a) -> of(a[0]).minor(), SEMVER);
        f.member("patch", "semver_patch", INT, (_, a) -> of(a[0]).patch(), SEMVER);
    }

    private static SemanticVersion of(Object value) {
        if (value instanceof SemanticVersion v) {
            return v;
        }
        throw EvalFailure.noSuchOverload();
    }

    private static long compare(Object[] a) {
        return Integer.signum(of(a[0]).compareTo(of(a[1])));
    }

    private static boolean readable(String text, boolean normalize) {
        try {
            parse(text, normalize);
            return true;
        } catch (EvalFailure e) {
            return false;
        }
    }

    private static SemanticVersion parse(String text, boolean normalize) {
        return SemanticVersion.parse(normalize ? normalized(text) : text);
    }

    /// Without a `v` in front and zeros before numbers, and with what is missing at the end.
    private static String normalized(String text) {
        String[] parts = (text.startsWith("v") ? text.substring(1) : text).split("\\.", 3);
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].length() > 1) {
                String p = parts[i].replaceFirst("^0+", "");
                parts[i] = p.isEmpty() || p.charAt(0) < '0' || p.charAt(0) > '9' ? "0" + p : p;
            }
        }
        if (parts.length == 3) {
            return String.join(".", parts);
        }
        String last = parts[parts.length - 1];
        if (last.contains("+") || last.contains("-")) {
            throw new EvalFailure("short version cannot contain PreRelease/Build meta data");
        }
        return String.join(".", parts) + ".0".repeat(3 - List.copyOf(Arrays.asList(parts)).size());
    }
}
