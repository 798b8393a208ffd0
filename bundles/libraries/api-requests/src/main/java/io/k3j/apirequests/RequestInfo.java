package io.k3j.apirequests;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Selector;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a request is about, as its path and method say; upstream's RequestInfo. Authorization, admission, audit and the
/// handlers all go by it, so a path means one thing for all of them. For a path that names no resource all fields but
/// the verb are empty.
///
/// | path | read as |
/// |---|---|
/// | `/api/v1/…`, `/apis/<group>/<version>/…` | a resource |
/// | `…/namespaces/<namespace>/<resource>/<name>/<subresource>/<rest>` | each part may end the path |
/// | `…/namespaces/<name>/status`, `/finalize` | a subresource of the namespace itself |
/// | `…/watch/…` | a watch of what follows, the old form |
/// | everything else | no resource |
/// @param resource whether the path names a resource
/// @param verb get, list, watch, create, update, patch, delete, deletecollection; for other paths the
/// method in lower case
/// @param gvr group, version and plural as they stand in the path; nobody has looked whether they exist
/// @param namespace empty for a resource of the cluster, or of all namespaces
/// @param name empty for a collection
/// @param subresource empty for the object itself
/// @param rest what follows the subresource, as it was sent, with its leading slash
public record RequestInfo(boolean resource, String verb, Gvr gvr, String namespace, String name, String subresource,
        String rest) {
    /// Subresources that are used for as long as a client likes, as upstream has them.
    private static final Set<String> LONG_RUNNING = Set.of("attach", "exec", "proxy", "log", "portforward");
    private static final Gvr NO_RESOURCE = new Gvr("", "", "");

    /// Understands a path.
    /// @throws ApiFault 400 when a name in it cannot be one
    static RequestInfo of(String method, RequestPath path, Params params) {
        List<String> segments = path.segments();
        int at = switch (segments.isEmpty() ? "" : segments.getFirst()) {
            case "api" -> 2;
            case "apis" -> 3;
            default -> Integer.MAX_VALUE;
        };
        if (segments.size() <= at) {
            return new RequestInfo(false, lower(method), NO_RESOURCE, "", "", "", "");
        }
        String group = at == 2 ? "" : segments.get(1);
        String version = segments.get(at - 1);
        boolean watchPath = segments.get(at).equals("watch") && segments.size() > at + 1;
        int resource = watchPath ? at + 1 : at;
        String namespace = "";
        if (segments.get(resource).equals("namespaces") && segments.size() > resource + 2
                && !ofNamespace(segments.get(resource + 2))) {
            namespace = segments.get(resource + 1);
            resource += 2;
        }
        String name = part(segments, resource + 1);
        String sub = part(segments, resource + 2);
        String rest = sub.isEmpty() ? "" : path.after(resource + 3);
        String verb = watchPath ? "watch" : verb(method, name.isEmpty(), params);
        return new RequestInfo(true, verb, new Gvr(group, version, plain(segments.get(resource))), plain(namespace),
                plain(name), plain(sub), rest);
    }

    private static String part(List<String> segments, int at) {
        return segments.size() > at ? segments.get(at) : "";
    }

    /// An escaped slash would make one name look like several segments to anyone who joins them.
    private static String plain(String segment) {
        if (segment.indexOf('/') >= 0) {
            throw ApiFault.badRequest("invalid path: a name may not contain '/': \"" + segment + "\"");
        }
        return segment;
    }

    private static boolean ofNamespace(String segment) {
        return segment.equals("status") || segment.equals("finalize");
    }

    private static String verb(String method, boolean collection, Params params) {
        return switch (method) {
            case "GET", "HEAD" -> collection ? params.flag("watch") ? "watch" : "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> collection ? "deletecollection" : "delete";
            default -> lower(method);
        };
    }

    private static String lower(String method) {
        return method.toLowerCase(Locale.ROOT);
    }

    /// Whether the verb is about one named object. A create is not, though its path may have a name.
    public boolean ofOne() {
        return switch (verb) {
            case "get", "update", "patch", "delete" -> true;
            default -> false;
        };
    }

    /// Whether nothing is changed, so that the request needs a seat of a read only.
    public boolean reads() {
        return switch (verb) {
            case "get", "list", "watch", "head", "options" -> true;
            default -> false;
        };
    }

    /// Whether it goes on for as long as its client likes.
    public boolean longRunning() {
        return longRunning(verb, subresource);
    }

    static boolean longRunning(String verb, String subresource) {
        return verb.equals("watch") || LONG_RUNNING.contains(subresource);
    }

    /// The object's key.
    public Key key() {
        return new Key(namespace, name);
    }

    /// The name for authorisation: the path's, else the one a field selector fixes. So who may read one object by its
    /// name may list and watch it (RBAC: "Referring to resources"). A `deletecollection` has no name, as upstream.
    public String authorizedName(Params params) {
        return name.isEmpty() && !verb.equals("deletecollection") ? fixedName(authorizedFields(params)) : name;
    }

    /// The field selector for authorisation: everything where none is obeyed, as beside a name in the path. One that
    /// cannot be read selects everything here, which asks for the widest right; the request itself fails later.
    public FieldSelector authorizedFields(Params params) {
        try {
            return selects() ? FieldSelector.parse(params.text("fieldSelector")) : FieldSelector.EVERYTHING;
        } catch (IllegalArgumentException e) {
            return FieldSelector.EVERYTHING;
        }
    }

    /// The label selector for authorisation, by the same rules.
    public Selector authorizedLabels(Params params) {
        try {
            return selects() ? Selector.parse(params.text("labelSelector")) : Selector.EVERYTHING;
        } catch (IllegalArgumentException e) {
            return Selector.EVERYTHING;
        }
    }

    private boolean selects() {
        return name.isEmpty() && switch (verb) {
            case "list", "watch", "deletecollection" -> true;
            default -> false;
        };
    }

    /// The one name a field selector lets through, empty when there may be several. Several requirements are joined by
    /// "and", so any one that fixes the name does.
    public static String fixedName(FieldSelector fields) {
        return fields.requirements().stream().filter(r -> r.field().equals("metadata.name") && !r.negated())
                .map(FieldSelector.Requirement::value).findFirst().orElse("");
    }

    /// The namespace for authorisation: a namespace object counts as being in itself.
    public String authorizedNamespace() {
        return namespace.isEmpty() && gvr.group().isEmpty() && gvr.resource().equals("namespaces") ? name : namespace;
    }
}
