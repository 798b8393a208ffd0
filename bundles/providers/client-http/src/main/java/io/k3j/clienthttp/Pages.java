package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clienthttp.Connection.Request;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Lists in chunks, all at one revision (Kubernetes API Concepts, Retrieving large results sets in chunks).
final class Pages {
    private static final String LIMIT = "500";
    private static final String LIST = "List";
    private static final int MAX_RESTARTS = 3;

    private Pages() {
    }

    /// All objects a query selects. Starts over, up to three times, when the revision expires between two
    /// chunks.
    /// @throws ApiFault the server's refusal
    static ObjList all(Connection connection, Gvr resource, Query query) {
        for (int start = 1;; start++) {
            try {
                return listOnce(connection, resource, query);
            } catch (ApiFault fault) {
                if (fault.code() != 410 || start == MAX_RESTARTS) {
                    throw fault;
                }
            }
        }
    }

    private static ObjList listOnce(Connection connection, Gvr resource, Query query) {
        List<Obj> items = new ArrayList<>();
        String next = "";
        while (true) {
            Struct list = page(connection, resource, query, LIMIT, next);
            String kind = list.text("kind");
            String single = kind.endsWith(LIST) ? kind.substring(0, kind.length() - LIST.length()) : kind;
            list.seq("items").structs().forEach(i -> items.add(item(i, list.text("apiVersion"), single)));
            next = list.struct("metadata").text("continue");
            if (next.isEmpty()) {
                return new ObjList(List.copyOf(items),
                        Long.parseLong(list.struct("metadata").text("resourceVersion", "0")));
            }
        }
    }

    private static Struct page(Connection connection, Gvr resource, Query query, String limit, String next) {
        String path = RequestPaths.of(resource, query.namespace()).with(query).with("limit", limit)
                .with("continue", next)
                .toString();
        return Json.object(connection.send(Request.get(path)));
    }

    /// Lists one object, to learn whether the identity may list.
    /// @throws ApiFault when it may not
    static void probe(Connection connection, Gvr resource, Query query) {
        page(connection, resource, query, "1", "");
    }

    /// Items of a typed list carry no `kind`; adds it.
    private static Obj item(Struct item, String apiVersion, String kind) {
        if (item.has("kind")) {
            return Obj.of(item);
        }
        Struct.Builder whole = Struct.builder().put("apiVersion", apiVersion).put("kind", kind);
        item.forEach(whole::put);
        return Obj.of(whole.build());
    }
}
