package io.k3j.apimachinery;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/// What names, labels and keys may look like. Every method gives what is wrong in upstream's words
/// (`apimachinery/pkg/util/validation`), an empty list when nothing is; it may give several sentences for one name. See
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/>. Pure; any thread.
///
/// | rule | of |
/// |---|---|
/// | [#label], [#label1035], [#subdomain], [#wildcard], [#pathSegment] | names of objects, by kind |
/// | [#qualified], [#annotationKey], [#labelValue] | labels, annotations, resources, finalizers |
/// | [#configKey], [#environment] | what a ConfigMap or Secret holds, as a file and as a variable |
/// | [#portName], [#portNumber] | ports |
///
/// Lengths are in characters, which are bytes in every name that is valid. No regular expressions are run: the input is
/// anybody's, and each check is one pass over it.
public final class Names {
    private static final int LABEL = 63;
    private static final int SUBDOMAIN = 253;
    private static final int PORT = 15;
    /// Upstream counts labels, annotations and resources in one unit, names in another one.
    private static final String BYTES = " bytes";
    private static final String CHARACTERS = " characters";
    /// The middle of several of upstream's messages; the double blanks after commas are upstream's too.
    private static final String QUALIFIED = "must consist of alphanumeric characters, '-', '_' or '.', and must start"
            + " and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
            + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private Names() {
    }

    /// A DNS-1123 label, as namespaces and containers have: up to 63 of `a-z`, `0-9` and `-`.
    public static List<String> label(String name) {
        List<String> wrong = longer(name, LABEL, "", CHARACTERS);
        if (!isLabel(name) && isSubdomain(name)) {
            wrong.add("must not contain dots");
        } else if (!isLabel(name)) {
            wrong.add("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                    + " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
        }
        return wrong;
    }

    /// A DNS-1035 label, as the names of custom kinds: a DNS-1123 label that begins with a letter.
    public static List<String> label1035(String name) {
        List<String> wrong = longer(name, LABEL, "", CHARACTERS);
        if (!isLabel(name) || !letter(name.charAt(0))) {
            wrong.add("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                    + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123',"
                    + " regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
        }
        return wrong;
    }

    /// A DNS-1123 subdomain, as most objects have: labels joined by dots, up to 253 characters; the parts have no bound
    /// of their own, as upstream.
    public static List<String> subdomain(String name) {
        return subdomain(name, CHARACTERS);
    }

    private static List<String> subdomain(String name, String unit) {
        List<String> wrong = longer(name, SUBDOMAIN, "", unit);
        if (!isSubdomain(name)) {
            wrong.add("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        }
        return wrong;
    }

    /// A subdomain with underscores at the beginning of its parts and in them, as search domains of resolvers may be.
    public static List<String> subdomainWithUnderscore(String name) {
        List<String> wrong = longer(name, SUBDOMAIN, "", CHARACTERS);
        if (!Stream.of(name.split("\\.", -1)).allMatch(Names::isLabelWithUnderscore)) {
            wrong.add("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or"
                    + " '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
                    + " validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')");
        }
        return wrong;
    }

    /// One underscore may lead, others stand between.
    private static boolean isLabelWithUnderscore(String text) {
        return isLabel((text.startsWith("_") ? text.substring(1) : text).replace('_', '-'));
    }

    /// A subdomain behind `*.`, as hosts of Ingresses may be: the star stands for one whole label, the first.
    public static List<String> wildcard(String name) {
        List<String> wrong = longer(name, SUBDOMAIN, "", CHARACTERS);
        if (!name.startsWith("*.") || !isSubdomain(name.substring(2))) {
            wrong.add("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which"
                    + " must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric"
                    + " character (e.g. '*.example.com', regex used for validation is"
                    + " '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        }
        return wrong;
    }

    /// A name that can stand in a path, as RBAC objects have (`system:node`): anything that is one segment of a URL.
    public static List<String> pathSegment(String name) {
        List<String> wrong = new ArrayList<>();
        if (name.equals(".") || name.equals("..")) {
            wrong.add("may not be '" + name + "'");
            return wrong;
        }
        for (String part : List.of("/", "%")) {
            if (name.contains(part)) {
                wrong.add("may not contain '" + part + "'");
            }
        }
        return wrong;
    }

    /// A label key or another qualified name, as `example.com/name`: an optional subdomain, a slash and up to 63
    /// characters.
    public static List<String> qualified(String name) {
        int slash = name.indexOf('/');
        if (slash >= 0 && name.indexOf('/', slash + 1) >= 0) {
            return new ArrayList<>(List.of("a valid label key " + QUALIFIED
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"));
        }
        List<String> wrong = new ArrayList<>();
        if (slash == 0) {
            wrong.add("prefix part must be non-empty");
        } else if (slash > 0) {
            subdomain(name.substring(0, slash), BYTES).forEach(w -> wrong.add("prefix part " + w));
        }
        String last = name.substring(slash + 1);
        if (last.isEmpty()) {
            wrong.add("name part must be non-empty");
        }
        wrong.addAll(longer(last, LABEL, "name part ", BYTES));
        if (!isWord(last)) {
            wrong.add("name part " + QUALIFIED);
        }
        return wrong;
    }

    /// A label's value: empty, or up to 63 characters that begin and end alphanumerically.
    public static List<String> labelValue(String value) {
        List<String> wrong = longer(value, LABEL, "", BYTES);
        if (!value.isEmpty() && !isWord(value)) {
            wrong.add("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
                    + " '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
        }
        return wrong;
    }

    /// A key of a ConfigMap or Secret. It becomes a file of a volume, so it must be no way out of a directory; names
    /// that begin with two dots belong to the kubelet, which swaps `..data`.
    public static List<String> configKey(String key) {
        List<String> wrong = longer(key, SUBDOMAIN, "", CHARACTERS);
        if (key.isEmpty() || !all(key, c -> alphanumeric(c) || c == '-' || c == '_' || c == '.')) {
            wrong.add("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
                    + " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
        } else if (key.equals(".") || key.startsWith("..")) {
            wrong.add(key.equals(".") || key.equals("..") ? "must not be '" + key + "'" : "must not start with '..'");
        }
        return wrong;
    }

    /// A named port: an IANA service name (RFC 6335 §5.1), up to 15 characters with a letter among them.
    public static List<String> portName(String name) {
        List<String> wrong = longer(name, PORT, "", CHARACTERS);
        if (name.isEmpty() || !all(name, c -> letter(c) || digit(c) || c == '-')) {
            wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
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

    /// A port number, 1 to 65535. 0 means "any" elsewhere and is none here.
    public static List<String> portNumber(long port) {
        return port < 1 || port > 65_535 ? List.of("must be between 1 and 65535, inclusive") : List.of();
    }

    /// The name of an environment variable: upstream's relaxed rule, printable ASCII without `=`.
    public static List<String> environment(String name) {
        return name.isEmpty() || !all(name, c -> c >= ' ' && c < 127 && c != '=')
                ? List.of("a valid environment variable name must consist only of printable ASCII characters other than"
                        + " '='")
                : List.of();
    }

    /// A name as it will be once a random end is put behind a prefix (`metadata.generateName`), for the name's own
    /// rule: a prefix may end in a hyphen, a name may not. As upstream, the character before that hyphen is not looked
    /// at: the name that is made of the prefix is checked as well.
    public static String completed(String generateName) {
        return generateName.length() > 1 && generateName.endsWith("-")
                ? generateName.substring(0, generateName.length() - 2) + "a" : generateName;
    }

    /// Whether a text is a DNS-1123 label of any length; the length has a message of its own.
    static boolean isLabel(String text) {
        return !text.isEmpty() && all(text, c -> letter(c) || digit(c) || c == '-') && text.charAt(0) != '-'
                && text.charAt(text.length() - 1) != '-';
    }

    /// Every part between dots is a label, so two dots in a row or one at an end are refused.
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

    /// Alphanumeric at both ends, with `-`, `_` and `.` between; never empty.
    private static boolean isWord(String text) {
        return !text.isEmpty() && all(text, c -> alphanumeric(c) || c == '-' || c == '_' || c == '.')
                && alphanumeric(text.charAt(0)) && alphanumeric(text.charAt(text.length() - 1));
    }

    /// A list that can be added to, so that the rest of a rule goes behind it.
    private static List<String> longer(String text, int most, String what, String unit) {
        List<String> wrong = new ArrayList<>();
        if (text.length() > most) {
            wrong.add(what + "must be no more than " + most + unit);
        }
        return wrong;
    }

    private static boolean all(String text, IntPredicate test) {
        for (int i = 0; i < text.length(); i++) {
            if (!test.test(text.charAt(i))) {
                return false;
            }
        }
        return true;
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

    /// An annotation's key: a qualified name in any case, since old annotations have capitals in their domains.
    public static List<String> annotationKey(String key) {
        return qualified(key.toLowerCase(Locale.ROOT));
    }
}
