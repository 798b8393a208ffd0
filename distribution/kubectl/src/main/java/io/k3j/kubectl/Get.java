package io.k3j.kubectl;

import io.k3j.codec.Json;
import io.k3j.codec.TerminalText;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// `get`.
final class Get {
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    private Get() {
    }

    static int run(Api api, Options options, PrintStream out, PrintStream err) {
        List<Target> targets = Target.of(options.words(), new Resources(api));
        String output = options.text("output", "");
        return switch (output) {
            case "", "wide" -> tables(api, options, targets, out, err);
            case "json", "yaml", "name" -> objects(api, options, targets, out);
            default ->
                throw CommandFailure.absent("error: unable to match a printer suitable for the output format \""
                        + output
                        + "\": no kubectl is installed, and the one built into k3s has only json, yaml, name and wide");
        };
    }

    private static int tables(Api api, Options options, List<Target> targets, PrintStream out, PrintStream err) {
        int rows = 0;
        boolean all = options.flag("all-namespaces");
        for (Target t : targets) {
            Struct table = api.call("GET", path(api, options, t), "", new byte[0], TABLE);
            if (!table.seq("rows").isEmpty()) {
                if (rows > 0) {
                    out.println();
                }
                TablePrinter.print(table, options.text("output", "").equals("wide"), all && t.resource().namespaced(),
                        !options.flag("no-headers"), out);
            }
            rows += table.seq("rows").size();
        }
        if (rows == 0) {
            boolean namespaced = targets.stream().anyMatch(t -> t.resource().namespaced());
            err.println(all || !namespaced ? "No resources found"
                    : "No resources found in " + namespace(api, options) + " namespace.");
        }
        return 0;
    }

    private static int objects(Api api, Options options, List<Target> targets, PrintStream out) {
        List<Struct> found = new ArrayList<>();
        for (Target t : targets) {
            Struct answer = api.get(path(api, options, t));
            List<Struct> items = t.name().isEmpty() ? answer.seq("items").structs() : List.of(answer);
            for (Struct item : items) {
                found.add(typed(t.resource(), item));
                if (options.text("output", "").equals("name")) {
                    out.println(Target.shortly(t.resource(), item.struct("metadata").text("name")));
                }
            }
        }
        boolean one = targets.size() == 1 && !targets.getFirst().name().isEmpty();
        Struct whole = one ? found.getFirst()
                : Struct.of("apiVersion", "v1", "items", Seq.copyOf(found), "kind", "List", "metadata",
                        Struct.of("resourceVersion", ""));
        switch (options.text("output", "")) {
            case "json" -> out.print(TerminalText.escaped(new String(Json.pretty(whole), StandardCharsets.UTF_8)
                    .stripTrailing()) + "\n");
            case "yaml" -> out.print(Yaml.text(whole));
            default -> {
            }
        }
        return 0;
    }

    /// Items of a list carry no kind of their own.
    private static Struct typed(Resources.Resource resource, Struct item) {
        Struct.Builder b = Struct.builder().put("apiVersion", resource.gvr().apiVersion()).put("kind", resource.kind());
        item.forEach(b::put);
        return b.build();
    }

    static String namespace(Api api, Options options) {
        return options.text("namespace", api.config().namespace());
    }

    private static String path(Api api, Options options, Target t) {
        String namespace = options.flag("all-namespaces") ? "" : namespace(api, options);
        List<String> query = new ArrayList<>();
        if (options.values().containsKey("selector")) {
            query.add("labelSelector=" + Api.encoded(options.text("selector", "")));
        }
        if (options.values().containsKey("field-selector")) {
            query.add("fieldSelector=" + Api.encoded(options.text("field-selector", "")));
        }
        return t.resource().path(namespace, t.name()) + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }
}
