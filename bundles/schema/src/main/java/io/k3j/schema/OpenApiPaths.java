package io.k3j.schema;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The operations of resources, named and described as upstream does.
final class OpenApiPaths {
    private static final List<String> ANY = List.of("*/*");
    private static final List<String> PRODUCES = List.of("application/json", "application/yaml",
            "application/vnd.kubernetes.protobuf");
    private static final List<String> WATCHES = List.of("application/json", "application/yaml",
            "application/vnd.kubernetes.protobuf", "application/json;stream=watch",
            "application/vnd.kubernetes.protobuf;stream=watch");
    private static final List<String> PATCHES = List.of("application/json-patch+json", "application/merge-patch+json",
            "application/strategic-merge-patch+json", "application/apply-patch+yaml");
    private static final List<String> CUSTOM_PATCHES = List.of("application/json-patch+json",
            "application/merge-patch+json", "application/apply-patch+yaml");
    private static final List<String> LIST = List.of("allowWatchBookmarks", "continue", "fieldSelector",
            "labelSelector",
            "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch");
    private static final List<String> WRITE = List.of("dryRun", "fieldManager", "fieldValidation");
    private static final List<String> PATCH = List.of("dryRun", "fieldManager", "fieldValidation", "force");
    private static final List<String> DELETE = List.of("dryRun", "gracePeriodSeconds",
            "ignoreStoreReadErrorWithClusterBreakingPotential", "orphanDependents", "propagationPolicy");
    private static final Set<String> CONNECTED = Set.of("exec", "attach", "portforward", "proxy");
    private static final Map<String, List<String>> CONNECT_QUERY = Map.of(
            "exec", List.of("command", "container", "stderr", "stdin", "stdout", "tty"),
            "attach", List.of("container", "stderr", "stdin", "stdout", "tty"),
            "portforward", List.of("ports"), "proxy", List.of("path"));
    private static final List<String> LOG = List.of("container", "follow", "insecureSkipTLSVerifyBackend", "limitBytes",
            "previous", "sinceSeconds", "stream", "tailLines", "timestamps");
    private static final Struct STRING = Struct.of("type", "string");

    private final OpenApiDefinitions definitions;
    private final Map<String, List<OpenApiOperation>> paths = new LinkedHashMap<>();

    OpenApiPaths(OpenApiDefinitions definitions) {
        this.definitions = definitions;
    }

    /// The operations by path, in the order of adding.
    Map<String, List<OpenApiOperation>> all() {
        return paths;
    }

    void add(OpenApiResource r) {
        Site site = new Site(r);
        Struct own = definitions.kind(r.kind(), r.shape());
        String all = site.base + "/" + r.gvr().resource();
        if (r.namespaced() && r.verbs().contains("list")) {
            list(r, site, all, List.of(), true);
        }
        String inside = r.namespaced() ? site.base + "/namespaces/{namespace}/" + r.gvr().resource() : all;
        List<String> outer = r.namespaced() ? List.of("namespace") : List.of();
        collection(r, site, inside, outer, own);
        List<String> inner = r.namespaced() ? List.of("name", "namespace") : List.of("name");
        single(r, site, inside + "/{name}", inner, own);
        for (OpenApiResource.Subresource s : r.subresources()) {
            subresource(r, site, s, inside + "/{name}/" + s.name(), inner);
        }
    }

    /// The fixed texts of a resource.
    private static final class Site {
        final String base;
        final String group;
        final String tag;
        final String scope;
        final List<String> patches;

        Site(OpenApiResource r) {
            String g = r.gvr().group();
            String v = r.gvr().version();
            base = g.isEmpty() ? "/api/" + v : "/apis/" + g + "/" + v;
            String camel = g.isEmpty() ? "Core" : camel(g.endsWith(".k8s.io") ? g.substring(0, g.length() - 7) : g);
            group = camel + capital(v);
            tag = Character.toLowerCase(camel.charAt(0)) + camel.substring(1) + "_" + v;
            scope = r.namespaced() ? "Namespaced" : "";
            patches = r.shape().definition().isEmpty() ? CUSTOM_PATCHES : PATCHES;
        }

        private static String camel(String dotted) {
            StringBuilder b = new StringBuilder();
            for (String part : dotted.replace('-', '.').split("\\.")) {
                b.append(part.isEmpty() ? "" : capital(part));
            }
            return b.toString();
        }
    }

    private static String capital(String s) {
        return Character.toUpperCase(s.charAt(0)) + s.substring(1);
    }

    private void list(OpenApiResource r, Site site, String path, List<String> in, boolean everywhere) {
        String watch = r.verbs().contains("watch") ? "list or watch" : "list";
        String kind = r.kind().kind();
        String id = "list" + site.group + (everywhere ? kind + "ForAllNamespaces" : site.scope + kind);
        put(new OpenApiOperation(path, in, "get", id, watch + " objects of kind " + kind, site.tag, "list", r.kind(),
                Struct.EMPTY, false, LIST, List.of(200), definitions.list(r.kind(), r.gvr().resource(), r.shape()), ANY,
                WATCHES));
    }

    private void collection(OpenApiResource r, Site site, String path, List<String> in, Struct own) {
        String kind = r.kind().kind();
        if (r.verbs().contains("list")) {
            list(r, site, path, in, false);
        }
        if (r.verbs().contains("create")) {
            put(new OpenApiOperation(path, in, "post", "create" + site.group + site.scope + kind, "create" + n(kind)
                    + kind, site.tag, "post", r.kind(), own, true, WRITE, List.of(200, 201, 202), own, ANY, PRODUCES));
        }
        if (r.verbs().contains("deletecollection")) {
            List<String> query = new ArrayList<>(DELETE);
            LIST.stream().filter(q -> !q.equals("watch") && !q.equals("allowWatchBookmarks")).forEach(query::add);
            put(new OpenApiOperation(path, in, "delete", "delete" + site.group + "Collection" + site.scope + kind,
                    "delete collection of " + kind, site.tag, "deletecollection", r.kind(), options(), false, query,
                    List.of(200), meta("Status"), ANY, PRODUCES));
        }
    }

    /// The article before a kind; none before a plural.
    private static String n(String kind) {
        boolean plural = kind.endsWith("s") && !kind.endsWith("ss");
        return plural ? " " : "AEIOU".indexOf(kind.charAt(0)) >= 0 ? " an " : " a ";
    }

    private Struct options() {
        return meta("DeleteOptions");
    }

    private Struct meta(String name) {
        return definitions.builtIn(OpenApiDefinitions.META + name);
    }

    private void single(OpenApiResource r, Site site, String path, List<String> in, Struct own) {
        String kind = r.kind().kind();
        String id = site.group + site.scope + kind;
        if (r.verbs().contains("get")) {
            put(new OpenApiOperation(path, in, "get", "read" + id, "read the specified " + kind, site.tag, "get",
                    r.kind(), Struct.EMPTY, false, List.of(), List.of(200), own, ANY, PRODUCES));
        }
        if (r.verbs().contains("update")) {
            put(new OpenApiOperation(path, in, "put", "replace" + id, "replace the specified " + kind, site.tag, "put",
                    r.kind(), own, true, WRITE, List.of(200, 201), own, ANY, PRODUCES));
        }
        if (r.verbs().contains("delete")) {
            put(new OpenApiOperation(path, in, "delete", "delete" + id, "delete" + n(kind) + kind, site.tag, "delete",
                    r.kind(), options(), false, DELETE, List.of(200, 202), meta("Status"), ANY, PRODUCES));
        }
        if (r.verbs().contains("patch")) {
            put(new OpenApiOperation(path, in, "patch", "patch" + id, "partially update the specified " + kind,
                    site.tag, "patch", r.kind(), meta("Patch"), true, PATCH, List.of(200, 201), own, site.patches,
                    PRODUCES));
        }
    }

    private void subresource(OpenApiResource r, Site site, OpenApiResource.Subresource s, String path,
            List<String> in) {
        String id = site.scope + r.kind().kind() + capital(s.name());
        if (CONNECTED.contains(s.name())) {
            connect(r, site, s, path, in);
            return;
        }
        if (s.name().equals("log")) {
            put(new OpenApiOperation(path, in, "get", "read" + site.group + id, "read log of the specified "
                    + r.kind().kind(), site.tag, "get", r.kind(), Struct.EMPTY, false, LOG, List.of(200), STRING, ANY,
                    List.of("text/plain")));
            return;
        }
        Struct own = s.kind().equals(r.kind()) ? definitions.kind(r.kind(), r.shape()) : other(s.kind());
        String of = " " + s.name() + " of ";
        String the = "the specified " + r.kind().kind();
        if (s.verbs().contains("get")) {
            put(new OpenApiOperation(path, in, "get", "read" + site.group + id, "read" + of + the, site.tag, "get",
                    s.kind(), Struct.EMPTY, false, List.of(), List.of(200), own, ANY, PRODUCES));
        }
        if (s.verbs().contains("create")) {
            put(new OpenApiOperation(path, in, "post", "create" + site.group + id, "create" + of.stripTrailing()
                    + n(r.kind().kind()) + r.kind().kind(), site.tag, "post", s.kind(), own, true, WRITE,
                    List.of(200, 201, 202), own, ANY, PRODUCES));
        }
        if (s.verbs().contains("update")) {
            put(new OpenApiOperation(path, in, "put", "replace" + site.group + id, "replace" + of + the, site.tag,
                    "put",
                    s.kind(), own, true, WRITE, List.of(200, 201), own, ANY, PRODUCES));
        }
        if (s.verbs().contains("patch")) {
            put(new OpenApiOperation(path, in, "patch", "patch" + site.group + id, "partially update" + of + the,
                    site.tag, "patch", s.kind(), meta("Patch"), true, PATCH, List.of(200, 201), own, site.patches,
                    PRODUCES));
        }
    }

    private Struct other(Gvk kind) {
        return definitions.reference(kind);
    }

    private void connect(OpenApiResource r, Site site, OpenApiResource.Subresource s, String path, List<String> in) {
        List<String> methods = s.name().equals("proxy")
                ? List.of("delete", "get", "head", "options", "patch", "post", "put")
                : List.of("get", "post");
        for (String m : methods) {
            String id = "connect" + site.group + capital(m) + site.scope + r.kind().kind() + capital(s.name());
            String description = "connect " + upper(m) + " requests to " + s.name() + " of " + r.kind().kind();
            List<String> query = CONNECT_QUERY.getOrDefault(s.name(), List.of());
            put(new OpenApiOperation(path, in, m, id, description, site.tag, "connect", s.kind(), Struct.EMPTY, false,
                    query, List.of(200), STRING, ANY, ANY));
            if (s.name().equals("proxy")) {
                List<String> deeper = new ArrayList<>(in);
                deeper.add("path");
                put(new OpenApiOperation(path + "/{path}", deeper, m, id + "WithPath", description, site.tag, "connect",
                        s.kind(), Struct.EMPTY, false, List.of(), List.of(200), STRING, ANY, ANY));
            }
        }
    }

    private static String upper(String ascii) {
        return ascii.toUpperCase(Locale.ROOT);
    }

    private void put(OpenApiOperation operation) {
        paths.computeIfAbsent(operation.path(), p -> new ArrayList<>()).add(operation);
    }
}
