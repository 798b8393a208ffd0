package io.k3j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/// What names, labels and keys may look like. Every method gives what is wrong in upstream's words, an
/// empty list when nothing is. See
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/>.
public final class Names {
    private static final int LABEL = 63;
    private static final int SUBDOMAIN = 253;
    private static final int PORT = 15;
    private static final String QUALIFIED = "must consist of alphanumeric characters, '-', '_' or '.', and must start"
            + " and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
            + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private Names() {
    }

    /// A DNS-1123 label, as namespaces and containers have.
    public static List<String> label(String name) {
        List<String> wrong = longer(name, LABEL, "");
        if (!isLabel(name)) {
            wrong.add("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                    + " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
        }
        return wrong;
    }

    /// A DNS-1035 label, as services have had.
    public static List<String> label1035(String name) {
        List<String> wrong = longer(name, LABEL, "");
        if (!isLabel(name) || !letter(name.charAt(0))) {
            wrong.add("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                    + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123',"
                    + " regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
        }
        return wrong;
    }

    /// A DNS-1123 subdomain, as most objects have.
    public static List<String> subdomain(String name) {
        List<String> wrong = longer(name, SUBDOMAIN, "");
        if (!isSubdomain(name)) {
            wrong.add("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        }
        return wrong;
    }

    /// A name that can stand in a path, as RBAC objects have.
    public static List<String> pathSegment(String name) {
        List<String> wrong = new ArrayList<>();
        if (name.equals(".") || name.equals("..")) {
            wrong.add("may not be '" + name + "'");
        }
        for (String part : List.of("/", "%")) {
            if (name.contains(part)) {
                wrong.add("may not contain '" + part + "'");
            }
        }
        return wrong;
    }

    /// A label key or another qualified name, as `example.com/name`.
    public static List<String> qualified(String name) {
        int slash = name.indexOf('/');
        if (slash >= 0 && name.indexOf('/', slash + 1) >= 0) {
            return new ArrayList<>(List.of("a qualified name " + QUALIFIED
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"));
        }
        List<String> wrong = new ArrayList<>();
        if (slash == 0) {
            wrong.add("prefix part must be non-empty");
        } else if (slash > 0) {
            subdomain(name.substring(0, slash)).forEach(w -> wrong.add("prefix part " + w));
        }
        String last = name.substring(slash + 1);
        if (last.isEmpty()) {
            wrong.add("name part must be non-empty");
        }
        wrong.addAll(longer(last, LABEL, "name part "));
        if (!isWord(last)) {
            wrong.add("name part " + QUALIFIED);
        }
        return wrong;
    }

    /// A label's value.
    public static List<String> labelValue(String value) {
        List<String> wrong = longer(value, LABEL, "");
        if (!value.isEmpty() && !isWord(value)) {
            wrong.add("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
                    + " '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
        }
        return wrong;
    }

    /// A key of a ConfigMap or Secret.
    public static List<String> configKey(String key) {
        List<String> wrong = longer(key, SUBDOMAIN, "");
        if (key.isEmpty() || !all(key, c -> alphanumeric(c) || c == '-' || c == '_' || c == '.')) {
            wrong.add("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
                    + " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
        } else if (key.equals(".") || key.startsWith("..")) {
            wrong.add(key.equals(".") || key.equals("..") ? "must not be '" + key + "'" : "must not start with '..'");
        }
        return wrong;
    }

    /// A named port.
    public static List<String> portName(String name) {
        List<String> wrong = longer(name, PORT, "");
        if (!all(name, c -> letter(c) || digit(c) || c == '-')) {
            wrong.add("must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (all(name, c -> !letter(c))) {
            wrong.add("must contain at least one letter (a-z)");
        }
        if (name.contains("--")) {
            wrong.add("must not contain consecutive hyphens");
        }
        if (name.startsWith("-") || name.endsWith("-")) {
            wrong.add("must not begin or end with a hyphen");
        }
        return wrong;
    }

    /// A port number.
    public static List<String> portNumber(long port) {
        return port < 1 || port > 65_535 ? List.of("must be between 1 and 65535, inclusive") : List.of();
    }

    /// The name of an environment variable.
    public static List<String> environment(String name) {
        return name.isEmpty() || !all(name, c -> c >= ' ' && c < 127 && c != '=')
                ? List.of("a valid environment variable name must consist only of printable ASCII characters other than"
                        + " '='")
                : List.of();
    }

    /// What is wrong with a prefix that a random end is put behind: the rule itself, but for a last hyphen.
    public static String completed(String generateName) {
        return generateName.endsWith("-") ? generateName.substring(0, generateName.length() - 1) + "a" : generateName;
    }

    /// Whether a text is a DNS-1123 label of any length.
    static boolean isLabel(String text) {
        return !text.isEmpty() && all(text, c -> letter(c) || digit(c) || c == '-') && text.charAt(0) != '-'
                && text.charAt(text.length() - 1) != '-';
    }

    private static boolean isSubdomain(String text) {
        int from = 0;
        for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
            if (!isLabel(text.substring(from, dot))) {
                return false;
            }
            from = dot + 1;
        }
        return isLabel(text.substring(from));
    }

    private static boolean isWord(String text) {
        return !text.isEmpty() && all(text, c -> alphanumeric(c) || c == '-' || c == '_' || c == '.')
                && alphanumeric(text.charAt(0)) && alphanumeric(text.charAt(text.length() - 1));
    }

    private static List<String> longer(String text, int most, String what) {
        List<String> wrong = new ArrayList<>();
        if (text.length() > most) {
            wrong.add(what + "must be no more than " + most + " characters");
        }
        return wrong;
    }

    private static boolean all(String text, IntPredicate test) {
        return text.chars().allMatch(test);
    }

    private static boolean letter(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean alphanumeric(int c) {
        return letter(c) || digit(c) || c >= 'A' && c <= 'Z';
    }

    /// An annotation's key: a qualified name in any case.
    public static List<String> annotationKey(String key) {
        return qualified(key.toLowerCase(Locale.ROOT));
    }
}
