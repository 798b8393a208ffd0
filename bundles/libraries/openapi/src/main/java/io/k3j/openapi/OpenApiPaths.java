package io.k3j.openapi;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The operations of resources, named and described as upstream does: generators make the names of functions from the
/// ids, and kubectl finds an operation by its kind. For one document and one thread.
///
/// A resource has up to three paths, one more for each subresource, and each path the methods whose verbs it has:
///
/// ```
/// /api/v1/pods                                      list              in all namespaces
/// /api/v1/namespaces/{namespace}/pods               list, create, deletecollection
/// /api/v1/namespaces/{namespace}/pods/{name}        get, update, delete, patch
/// /api/v1/namespaces/{namespace}/pods/{name}/log    what the subresource has
/// ```
final class OpenApiPaths {
    /// Bodies are taken in any form the server has a reader for.
    private static final List<String> ANY = List.of("*/*");
    /// Forms of answers.
    private static final List<String> PRODUCES = List.of("application/json", "application/yaml",
            "application/vnd.kubernetes.protobuf");
    /// A list may be a watch, whose events follow each other in one stream.
    private static final List<String> WATCHES = List.of("application/json", "application/yaml",
            "application/vnd.kubernetes.protobuf", "application/json;stream=watch",
            "application/vnd.kubernetes.protobuf;stream=watch");
    private static final List<String> PATCHES = List.of("application/json-patch+json", "application/merge-patch+json",
            "application/strategic-merge-patch+json", "application/apply-patch+yaml");
    /// Without strategic merge patch, which needs what only built-in types say about lists.
    private static final List<String> CUSTOM_PATCHES = List.of("application/json-patch+json",
            "application/merge-patch+json", "application/apply-patch+yaml");
    /// What list and watch take.
    private static final List<String> LIST = List.of("allowWatchBookmarks", "continue", "fieldSelector",
            "labelSelector",
            "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch");
    /// What create and update take.
    private static final List<String> WRITE = List.of("dryRun", "fieldManager", "fieldValidation");
    /// What writes take, and whether an apply may take fields over.
    private static final List<String> PATCH = List.of("dryRun", "fieldManager", "fieldValidation", "force");
    /// The fields of `DeleteOptions`, which may come in the query instead of the body.
    private static final List<String> DELETE = List.of("dryRun", "gracePeriodSeconds",
            "ignoreStoreReadErrorWithClusterBreakingPotential", "orphanDependents", "propagationPolicy");
    /// Subresources that are no documents: what is sent goes to the pod, node or service.
    private static final Set<String> CONNECTED = Set.of("exec", "attach", "portforward", "proxy");
    /// The fields of upstream's `PodExecOptions` and its like.
    private static final Map<String, List<String>> CONNECT_QUERY = Map.of(
            "exec", List.of("command", "container", "stderr", "stdin", "stdout", "tty"),
            "attach", List.of("container", "stderr", "stdin", "stdout", "tty"),
            "portforward", List.of("ports"), "proxy", List.of("path"));
    /// The fields of `PodLogOptions`.
    private static final List<String> LOG = List.of("container", "follow", "insecureSkipTLSVerifyBackend", "limitBytes",
            "previous", "sinceSeconds", "stream", "tailLines", "timestamps");
    private static final Struct STRING = Struct.of("type", "string");

    private final OpenApiDefinitions definitions;
    private final Map<String, List<OpenApiOperation>> paths = new LinkedHashMap<>();

    OpenApiPaths(OpenApiDefinitions definitions) {
        this.definitions = definitions;
    }

    /// The operations by path, in the order of adding; no path has none.
    Map<String, List<OpenApiOperation>> all() {
        return paths;
    }

    /// Adds the paths of a resource. Operations whose verb it does not have are left out.
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

    /// The fixed texts of a resource: what its paths begin with, and the parts of ids.
    private static final class Site {
        /// `/api/v1`, `/apis/apps/v1`.
        final String base;
        /// Group and version in an id: `CoreV1`, `NetworkingV1`; groups of Kubernetes lose their `.k8s.io`.
        final String group;
        /// `core_v1`.
        final String tag;
        /// In an id, after the verb: `Namespaced`, or nothing.
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

    /// @param in the parameters of the path
    /// @param everywhere whether it lists all namespaces
    private void list(OpenApiResource r, Site site, String path, List<String> in, boolean everywhere) {
        String watch = r.verbs().contains("watch") ? "list or watch" : "list";
        String kind = r.kind().kind();
        String id = "list" + site.group + (everywhere ? kind + "ForAllNamespaces" : site.scope + kind);
        put(new OpenApiOperation(path, in, "get", id, watch + " objects of kind " + kind, site.tag, "list", r.kind(),
                Struct.EMPTY, false, LIST, List.of(200), definitions.list(r.kind(), r.gvr().resource(), r.shape()), ANY,
                WATCHES));
    }

    /// The operations on all objects of a namespace, or of the cluster.
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

    /// The article before a kind; none before a plural, as `Endpoints`. Upstream's rule, with spaces on both sides.
    private static String n(String kind) {
        boolean plural = kind.endsWith("s") && !kind.endsWith("ss");
        return plural ? " " : "AEIOU".indexOf(kind.charAt(0)) >= 0 ? " an " : " a ";
    }

    /// The body of deletions, which may be missing.
    private Struct options() {
        return meta("DeleteOptions");
    }

    /// A reference to a type of `meta/v1`, as all groups share them.
    private Struct meta(String name) {
        return definitions.builtIn(OpenApiDefinitions.META + name);
    }

    /// The operations on one object.
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
                    r.kind(), options(), false, DELETE, List.of(200, 202), r.returned() ? own : meta("Status"), ANY,
                    PRODUCES));
        }
        if (r.verbs().contains("patch")) {
            put(new OpenApiOperation(path, in, "patch", "patch" + id, "partially update the specified " + kind,
                    site.tag, "patch", r.kind(), meta("Patch"), true, PATCH, List.of(200, 201), own, site.patches,
                    PRODUCES));
        }
    }

    /// The operations on a part of one object. It may be of another kind than the resource, as a scale or an eviction
    /// is.
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

    /// A subresource's own kind, which is built in.
    private Struct other(Gvk kind) {
        return definitions.reference(kind);
    }

    /// Each method is an operation; a proxy has a second path for what lies below.
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

    /// Operations of one path stand together, in whatever order they come.
    private void put(OpenApiOperation operation) {
        paths.computeIfAbsent(operation.path(), p -> new ArrayList<>()).add(operation);
    }
}
