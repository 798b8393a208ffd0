package io.k3j.cricontainerd;

import java.util.Collections;
import java.util.StringTokenizer;
import java.util.stream.Collectors;

/// An administrator's template of containerd's configuration, `config.toml.tmpl` or `config-v3.toml.tmpl`: Go's text
/// template as far as K3s' pages use it, which is `{{ template "base" . }}` for K3s' own configuration, with what is
/// added before and after it, and comments. See <https://docs.k3s.io/advanced#base-template>. Pure.
final class ContainerdTemplate {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String BASE = "template \"base\"";
    /// What version 3 of the configuration calls the part of the CRI plug-in that has its runtimes.
    private static final String RUNTIMES_OF_3 = "io.containerd.cri.v1.runtime";
    private static final String OF_3 = "io.containerd.cri.v1.";
    private static final String OF_2 = "io.containerd.grpc.v1.cri";
    private final String text;

    private ContainerdTemplate(String text) {
        this.text = text;
    }

    /// Reads a template. Tables of runtimes may have the names of version 3, since only the plug-in's name differs.
    /// @throws IllegalArgumentException for one that cannot be rendered; the message says why
    static ContainerdTemplate of(String text) {
        StringBuilder named = new StringBuilder();
        text.lines().forEach(line -> named.append(table(line)).append('\n'));
        ContainerdTemplate template = new ContainerdTemplate(named.toString());
        String alone = template.rendered("");
        if (alone.equals(template.rendered("version"))) {
            throw new IllegalArgumentException("it has no {{ template \"base\" . }}, without which containerd lacks"
                    + " what a node needs; put that line before what is added");
        }
        if (alone.contains(OF_3)) {
            throw new IllegalArgumentException("it names plug-ins of version 3, and the configuration has version 2; of"
                    + " version 3 only [plugins.'" + RUNTIMES_OF_3 + "'.containerd.runtimes.NAME] is understood");
        }
        return template;
    }

    private static String table(String line) {
        int at = line.stripLeading().startsWith("[") ? line.indexOf(RUNTIMES_OF_3) : -1;
        int end = at + RUNTIMES_OF_3.length() + 1;
        boolean runtimes = at > 0 && line.length() > end && line.substring(end).strip().startsWith(".containerd");
        return runtimes ? line.substring(0, at) + OF_2 + line.substring(end - 1) : line;
    }

    /// The configuration.
    ///
    /// @param base K3j's own
    String rendered(String base) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        boolean trimmed = false;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
            int close = text.indexOf(CLOSE, open);
            if (close < 0) {
                throw new IllegalArgumentException("it has a {{ without a }}");
            }
            String action = text.substring(open + OPEN.length(), close);
            String before = text.substring(from, open);
            before = trimmed ? before.stripLeading() : before;
            out.append(action.startsWith("- ") ? before.stripTrailing() : before).append(value(action, base));
            trimmed = action.endsWith(" -");
            from = close + CLOSE.length();
        }
        String rest = text.substring(from);
        return out.append(trimmed ? rest.stripLeading() : rest).toString();
    }

    private static String value(String action, String base) {
        String bare = action.startsWith("- ") ? action.substring(1) : action;
        bare = (bare.endsWith(" -") ? bare.substring(0, bare.length() - 1) : bare).strip();
        if (bare.startsWith("/*") && bare.endsWith("*/")) {
            return "";
        }
        String words = Collections.list(new StringTokenizer(bare.replace('`', '"'))).stream().map(String::valueOf)
                .collect(Collectors.joining(" "));
        if (words.equals(BASE) || words.equals(BASE + " .")) {
            return base;
        }
        throw new IllegalArgumentException("it has {{" + action + "}}, and nothing but {{ template \"base\" . }} and"
                + " comments is rendered; write the value itself");
    }
}
