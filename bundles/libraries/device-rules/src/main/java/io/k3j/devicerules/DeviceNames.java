package io.k3j.devicerules;

import io.k3j.apimachinery.Names;
import io.k3j.corevalidation.CsiProblems;
import io.k3j.validation.Problems;
import java.util.List;

/// Names in `resource.k8s.io`, in upstream's words. Pure.
final class DeviceNames {
    /// Upstream's `DeviceMaxIDLength`, in bytes.
    private static final int LONGEST_ID = 32;
    /// Upstream's `PoolNameMaxLength`, in bytes.
    private static final int LONGEST_POOL = 253;
    private static final String NO_IDENTIFIER = "a valid C identifier must start with alphabetic character or '_',"
            + " followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',"
            + " regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";

    private DeviceNames() {
    }

    static void pool(String name, Problems p) {
        if (name.isEmpty()) {
            p.required("");
            return;
        }
        if (name.length() > LONGEST_POOL) {
            p.tooLong(LONGEST_POOL);
        }
        for (String part : name.split("/", -1)) {
            p.invalid(part, Names.subdomain(part));
        }
    }

    static void label(String name, Problems p) {
        p.invalid(name, Names.label(name));
    }

    /// Of an attribute or a capacity: an identifier, with or without a domain.
    static void qualified(String name, Problems p) {
        List<String> parts = List.of(name.split("/", -1));
        if (parts.size() == 1) {
            identifier(name, p);
        } else if (parts.size() == 2) {
            if (parts.get(0).isEmpty()) {
                p.invalid("", "the domain must not be empty");
            } else {
                CsiProblems.driverName(parts.get(0), p);
            }
            if (parts.get(1).isEmpty()) {
                p.invalid("", "the name must not be empty");
            } else {
                identifier(parts.get(1), p);
            }
        } else {
            p.invalid(name, "must not contain more than one slash");
        }
    }

    /// With a domain.
    static void fullyQualified(String name, Problems p) {
        qualified(name, p);
        if (name.indexOf('/') < 0) {
            p.invalid(name, "a fully qualified name must be a domain and a name separated by a slash");
        }
    }

    private static void identifier(String id, Problems p) {
        if (id.length() > LONGEST_ID) {
            p.tooLong(LONGEST_ID);
        }
        boolean valid = !id.isEmpty() && !digit(id.charAt(0)) && id.chars().allMatch(c -> letter(c) || digit(c));
        if (!valid) {
            p.invalid(id, NO_IDENTIFIER);
        }
    }

    private static boolean letter(int c) {
        return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    /// Whether a text is a version by <https://semver.org/spec/v2.0.0.html>.
    static boolean semver(String text) {
        int plus = text.indexOf('+');
        String version = plus < 0 ? text : text.substring(0, plus);
        int minus = version.indexOf('-');
        String core = minus < 0 ? version : version.substring(0, minus);
        String[] numbers = core.split("\\.", -1);
        boolean valid = numbers.length == 3;
        for (String number : numbers) {
            valid &= number(number);
        }
        if (minus >= 0) {
            for (String part : version.substring(minus + 1).split("\\.", -1)) {
                valid &= part(part) && (number(part) || !part.chars().allMatch(DeviceNames::digit));
            }
        }
        if (plus >= 0) {
            for (String part : text.substring(plus + 1).split("\\.", -1)) {
                valid &= part(part);
            }
        }
        return valid;
    }

    /// Without a zero in front.
    private static boolean number(String text) {
        return !text.isEmpty() && text.chars().allMatch(DeviceNames::digit)
                && (text.length() == 1 || text.charAt(0) != '0');
    }

    private static boolean part(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c == '-' || c != '_' && (letter(c) || digit(c)));
    }
}
