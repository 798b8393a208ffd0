package io.k3j.apiserver;

import io.k3j.model.FieldSelector;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a request is about, as its path and method say; upstream's RequestInfo.
/// @param resource whether the path names a resource
/// @param verb get, list, watch, create, update, patch, delete, deletecollection; for other paths the
///     method in lower case
/// @param rest what follows the subresource, with its leading slash
record RequestInfo(boolean resource, String verb, Gvr gvr, String namespace, String name, String subresource,
        String rest) {
    private static final Gvr NO_RESOURCE = new Gvr("", "", "");

    /// Understands a decoded path without its empty segments.
    static RequestInfo of(String method, List<String> segments, Params params) {
        int at = switch (segments.isEmpty() ? "" : segments.getFirst()) {
            case "api" -> 2;
            case "apis" -> 3;
            default -> Integer.MAX_VALUE;
        };
        if (segments.size() <= at) {
            return new RequestInfo(false, lower(method), NO_RESOURCE, "", "", "", "");
        }
        String group = at == 2 ? "" : segments.get(1);
        List<String> parts = new ArrayList<>(segments.subList(at, segments.size()));
        boolean watchPath = parts.size() > 1 && parts.getFirst().equals("watch");
        if (watchPath) {
            parts.removeFirst();
        }
        String namespace = "";
        if (parts.getFirst().equals("namespaces") && parts.size() > 2 && !ofNamespace(parts.get(2))) {
            namespace = parts.get(1);
            parts = parts.subList(2, parts.size());
        }
        Gvr gvr = new Gvr(group, segments.get(at - 1), parts.getFirst());
        String name = parts.size() > 1 ? parts.get(1) : "";
        String sub = parts.size() > 2 ? parts.get(2) : "";
        String rest = parts.size() > 3 ? "/" + String.join("/", parts.subList(3, parts.size())) : "";
        String verb = verb(method, name.isEmpty(), watchPath, params);
        return new RequestInfo(true, verb, gvr, namespace, name, sub, rest);
    }

    private static boolean ofNamespace(String segment) {
        return segment.equals("status") || segment.equals("finalize");
    }

    private static String verb(String method, boolean collection, boolean watchPath, Params params) {
        return switch (method) {
            case "GET", "HEAD" -> {
                if (watchPath || collection && params.flag("watch")) {
                    yield "watch";
                }
                yield collection ? "list" : "get";
            }
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

    /// Whether the verb is about one named object.
    boolean ofOne() {
        return switch (verb) {
            case "get", "update", "patch", "delete" -> true;
            default -> false;
        };
    }

    /// The object's key.
    Key key() {
        return new Key(namespace, name);
    }

    /// The name for authorisation: the path's, else the one a field selector fixes.
    String authorizedName(Params params) {
        return name.isEmpty() ? fixedName(authorizedFields(params)) : name;
    }

    /// The field selector for authorisation: everything where none is obeyed, as beside a name in the path.
    FieldSelector authorizedFields(Params params) {
        if (!name.isEmpty() || !verb.equals("list") && !verb.equals("watch") && !verb.equals("deletecollection")) {
            return FieldSelector.EVERYTHING;
        }
        try {
            return FieldSelector.parse(params.text("fieldSelector"));
        } catch (IllegalArgumentException e) {
            return FieldSelector.EVERYTHING;
        }
    }

    /// The one name a field selector lets through, empty when there may be several.
    static String fixedName(FieldSelector fields) {
        return fields.requirements().stream().filter(r -> r.field().equals("metadata.name") && !r.negated())
                .map(FieldSelector.Requirement::value).findFirst().orElse("");
    }

    /// The namespace for authorisation: a namespace object counts as being in itself.
    String authorizedNamespace() {
        return namespace.isEmpty() && gvr.group().isEmpty() && gvr.resource().equals("namespaces") ? name : namespace;
    }
}
