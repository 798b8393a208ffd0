package io.k3j.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Compares our OpenAPI with the official document of Kubernetes 1.36, when that file is there (system
/// property `k3j.oracle`, else `shared/oracle` beside the project).
class SwaggerOracleTest {
    private static final String COMPONENTS = "#/components/schemas/";
    private static final Set<String> NOT_OURS = Set.of("shardSelector");
    private static final Map<String, String> VERBS = Map.of("post", "create", "list", "list", "get", "get", "put",
            "update",
            "patch", "patch", "delete", "delete", "deletecollection", "deletecollection", "connect", "get");

    private static Path oracle() {
        String told = System.getProperty("k3j.oracle", "");
        return told.isEmpty() ? Path.of("../../../../shared/oracle/swagger-1.36.json.gz") : Path.of(told);
    }

    private static Struct read() throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(oracle()))) {
            return Json.object(in.readAllBytes());
        }
    }

    @Test
    void definitionsAndOperationsAreTheOfficialOnes() throws IOException {
        assumeTrue(Files.exists(oracle()), () -> "there is no " + oracle() + "; set -Dk3j.oracle=FILE");
        Struct official = read();
        Struct ours = new OpenApi(new Schemas(), "v1.36.0").v2(resources(official.struct("paths")));
        List<String> differences = new ArrayList<>();
        definitions(official.struct("definitions"), ours.struct("definitions"), differences);
        operations(official, ours, differences);
        assertThat(differences).isEmpty();
    }

    /// The official document at hand is of version 2, so each definition of version 3 is compared as what it says
    /// there; that every reference leads somewhere in its own document, and that nothing of version 2 is missing.
    @Test
    void version3SaysOfEachDefinitionWhatTheOfficialOneDoes() throws IOException {
        assumeTrue(Files.exists(oracle()), () -> "there is no " + oracle() + "; set -Dk3j.oracle=FILE");
        Struct official = read();
        List<OpenApiResource> resources = resources(official.struct("paths"));
        OpenApi ours = new OpenApi(new Schemas(), "v1.36.0");
        List<String> differences = new ArrayList<>();
        Set<String> definitions = new TreeSet<>();
        Set<String> paths = new TreeSet<>();
        resources.stream().map(r -> r.gvr().apiVersion()).distinct().forEach(version -> {
            Struct document = ours.v3(version, resources);
            Struct schemas = document.struct("components").struct("schemas");
            paths.addAll(document.struct("paths").names());
            references(document, differences, version, schemas);
            schemas.forEach((name, v) -> {
                if (definitions.add(name) && official.struct("definitions").has(name)) {
                    schema(name, official.struct("definitions").struct(name), asVersion2((Struct) v), differences);
                }
            });
        });
        Struct two = ours.v2(resources);
        two.struct("definitions").names().stream().filter(n -> !definitions.contains(n))
                .forEach(n -> differences.add("not in version 3: " + n));
        assertThat(differences).isEmpty();
        assertThat(paths).containsExactlyInAnyOrderElementsOf(two.struct("paths").names());
    }

    /// A schema of version 3 as version 2 says it: without what can only be said there. Properties may be called as
    /// words of schemas are.
    private static Struct asVersion2(Struct three) {
        Struct.Builder b = Struct.builder();
        three.forEach((key, value) -> {
            switch (key) {
                case "allOf" -> b.put("$ref", reference(((Seq) value).struct(0)));
                case "$ref" -> b.put("$ref", reference(three));
                case "oneOf" -> b.put("type", "string");
                case "default", "enum" -> {
                    // version 3 alone has them
                }
                case "properties" -> {
                    Struct.Builder properties = Struct.builder();
                    ((Struct) value).forEach((name, v) -> properties.put(name, asVersion2((Struct) v)));
                    b.put(key, properties.build());
                }
                case "items", "additionalProperties" -> b.put(key, value instanceof Struct s ? asVersion2(s) : value);
                default -> b.put(key, value);
            }
        });
        return b.build();
    }

    private static String reference(Struct to) {
        return to.text("$ref").replace(COMPONENTS, "#/definitions/");
    }

    private static void references(Object value, List<String> differences, String version, Struct schemas) {
        if (value instanceof Seq all) {
            all.stream().forEach(v -> references(v, differences, version, schemas));
        } else if (value instanceof Struct s) {
            s.forEach((key, v) -> {
                if (key.equals("$ref") && v instanceof String to
                        && !(to.startsWith(COMPONENTS) && schemas.has(to.substring(COMPONENTS.length())))) {
                    differences.add(version + ": " + to + " leads nowhere");
                }
                references(v, differences, version, schemas);
            });
        }
    }

    /// The rows of the official document's paths.
    private static List<OpenApiResource> resources(Struct paths) {
        Schemas schemas = new Schemas();
        Map<String, Row> rows = new LinkedHashMap<>();
        paths.forEach((path, item) -> row(schemas, rows, path, (Struct) item));
        return rows.values().stream().map(Row::resource).toList();
    }

    private static final class Row {
        final Gvr gvr;
        final Schemas schemas;
        Gvk kind = new Gvk("", "", "");
        boolean namespaced;
        boolean returned;
        final Set<String> verbs = new TreeSet<>();
        final Map<String, OpenApiResource.Subresource> subresources = new LinkedHashMap<>();

        Row(Gvr gvr, Schemas schemas) {
            this.gvr = gvr;
            this.schemas = schemas;
        }

        OpenApiResource resource() {
            return new OpenApiResource(gvr, kind, namespaced, verbs, schemas.shape(kind).orElseThrow(),
                    List.copyOf(subresources.values()), returned);
        }
    }

    private static void row(Schemas schemas, Map<String, Row> rows, String path, Struct item) {
        List<String> p = new ArrayList<>(List.of(path.substring(1).split("/")));
        int base = path.startsWith("/apis/") ? 3 : 2;
        if (!path.startsWith("/api") || p.size() <= base || p.get(base).equals("watch") || path.endsWith("/")) {
            return;
        }
        String version = base == 3 ? p.get(1) + "/" + p.get(2) : p.get(1);
        boolean namespaced = p.get(base).equals("namespaces") && p.size() > base + 2
                && p.get(base + 1).equals("{namespace}");
        List<String> rest = p.subList(namespaced ? base + 2 : base, p.size());
        Row row = rows.computeIfAbsent(version + rest.get(0), k -> new Row(Gvr.of(version, rest.get(0)), schemas));
        row.namespaced |= namespaced;
        item.forEach((method, o) -> {
            if (o instanceof Struct operation) {
                operation(row, rest, operation);
            }
        });
    }

    private static void operation(Row row, List<String> rest, Struct o) {
        Struct g = o.struct("x-kubernetes-group-version-kind");
        Gvk kind = new Gvk(g.text("group"), g.text("version"), g.text("kind"));
        String verb = VERBS.get(o.text("x-kubernetes-action"));
        if (rest.size() <= 2) {
            row.kind = kind;
            row.verbs.add(verb);
            row.returned |= verb.equals("delete") && !o.struct("responses").struct("200").struct("schema").text("$ref")
                    .endsWith(".Status");
            if (verb.equals("list") && o.text("description").contains("watch")) {
                row.verbs.add("watch");
            }
        } else if (rest.size() == 3) {
            row.subresources.merge(rest.get(2), new OpenApiResource.Subresource(rest.get(2), kind, Set.of(verb)),
                    (a, b) -> {
                        Set<String> both = new TreeSet<>(a.verbs());
                        both.addAll(b.verbs());
                        return new OpenApiResource.Subresource(a.name(), a.kind(), both);
                    });
        }
    }

    private static void definitions(Struct official, Struct ours, List<String> differences) {
        official.forEach((name, v) -> {
            Struct theirs = (Struct) v;
            if (!ours.has(name)) {
                if (!name.endsWith("WatchEvent") && !name.contains(".APIGroup") && !name.contains(".APIResource")
                        && !name.contains("APIVersions") && !name.contains("GroupVersionForDiscovery")
                        && !name.contains("ServerAddressByClientCIDR") && !name.endsWith("version.Info")
                        && !name.endsWith("StorageVersionSpec") && !name.endsWith("BasicSchedulingPolicy")
                        && !name.endsWith("runtime.RawExtension")) {
                    differences.add("missing " + name);
                }
                return;
            }
            schema(name, theirs, ours.struct(name), differences);
        });
    }

    private static void schema(String where, Struct theirs, Struct ours, List<String> differences) {
        if (!ours.struct("properties").names().containsAll(theirs.struct("properties").names())
                || ours.struct("properties").size() != theirs.struct("properties").size()) {
            differences.add(where + ": properties " + theirs.struct("properties").names() + " / "
                    + ours.struct("properties").names());
        }
        if (!Set.copyOf(theirs.seq("required").texts()).equals(Set.copyOf(ours.seq("required").texts()))) {
            differences.add(where + ": required " + theirs.get("required") + " / " + ours.get("required"));
        }
        theirs.struct("properties").forEach((name, v) -> schema(where + "." + name, (Struct) v,
                ours.struct("properties").struct(name), differences));
        for (String key : List.of("type", "format", "$ref", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
                "x-kubernetes-map-type", "x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "items",
                "additionalProperties")) {
            boolean bytes = "byte".equals(theirs.text("format"));
            if (!bytes && !same(theirs.get(key), ours.get(key))) {
                differences.add(where + ": " + key + " " + theirs.get(key) + " / " + ours.get(key));
            }
        }
        kinds(where, theirs, ours, differences);
    }

    private static void kinds(String where, Struct theirs, Struct ours, List<String> differences) {
        Set<Object> a = Set.copyOf(theirs.seq("x-kubernetes-group-version-kind").stream().toList());
        Set<Object> b = Set.copyOf(ours.seq("x-kubernetes-group-version-kind").stream().toList());
        boolean every = where.endsWith("DeleteOptions");
        if (every ? a.isEmpty() != b.isEmpty() : !a.equals(b)) {
            differences.add(where + ": kinds " + a + " / " + b);
        }
    }

    private static boolean same(Object a, Object b) {
        return a == null ? b == null : a.equals(b);
    }

    private static void operations(Struct official, Struct ours, List<String> differences) {
        official.struct("paths").forEach((path, v) -> {
            if (path.contains("/watch/") || path.endsWith("/") || !path.startsWith("/api")) {
                return;
            }
            Struct item = ours.struct("paths").struct(path);
            if (item.isEmpty()) {
                differences.add("no path " + path);
            }
            ((Struct) v).forEach((method, o) -> {
                if (o instanceof Struct theirs) {
                    operation(official, ours, path + " " + method, new Struct[] {theirs, item.struct(method),
                            (Struct) v, item}, differences);
                }
            });
        });
        ours.struct("paths").names().stream().filter(p -> !official.struct("paths").has(p))
                .forEach(p -> differences.add("extra " + p));
    }

    private static void operation(Struct official, Struct ours, String where, Struct[] pair, List<String> differences) {
        for (String key : List.of("operationId", "description", "x-kubernetes-action",
                "x-kubernetes-group-version-kind",
                "tags")) {
            if (!same(pair[0].get(key), pair[1].get(key))) {
                differences.add(where + ": " + key + " " + pair[0].get(key) + " / " + pair[1].get(key));
            }
        }
        Set<String> theirs = parameters(official, pair[0].seq("parameters"));
        theirs.addAll(parameters(official, pair[2].seq("parameters")));
        theirs.removeAll(NOT_OURS);
        Set<String> mine = parameters(ours, pair[1].seq("parameters"));
        mine.addAll(parameters(ours, pair[3].seq("parameters")));
        mine.removeIf(p -> p.equals("pretty") && !theirs.contains(p));
        if (!theirs.equals(mine)) {
            differences.add(where + ": parameters " + theirs + " / " + mine);
        }
    }

    private static Set<String> parameters(Struct document, Seq parameters) {
        Set<String> names = new TreeSet<>();
        for (Struct p : parameters.structs()) {
            String ref = p.text("$ref");
            names.add(
                    (ref.isEmpty() ? p : document.struct("parameters").struct(ref.substring("#/parameters/".length())))
                            .text("name"));
        }
        return names;
    }
}
