package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clienthttp.Connection.Ask;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Lists page by page, all at one revision.
final class Pages {
    private static final String LIMIT = "500";
    private static final String LIST = "List";
    private static final int MAX_STARTS = 3;

    private Pages() {
    }

    /// Everything a query selects. Begins anew, a few times, when the revision expires on the way.
    /// @throws ApiFault what the server refuses
    static ObjList all(Connection connection, Gvr resource, Query query) {
        for (int start = 1;; start++) {
            try {
                return once(connection, resource, query);
            } catch (ApiFault fault) {
                if (fault.code() != 410 || start == MAX_STARTS) {
                    throw fault;
                }
            }
        }
    }

    private static ObjList once(Connection connection, Gvr resource, Query query) {
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
        String path = Paths.of(resource, query.namespace()).with(query).with("limit", limit).with("continue", next)
                .toString();
        return Json.object(connection.send(Ask.get(path)));
    }

    /// Asks for one object only, to learn whether asking is allowed.
    /// @throws ApiFault when it is not
    static void probe(Connection connection, Gvr resource, Query query) {
        page(connection, resource, query, "1", "");
    }

    /// Items of built-in kinds come without kind.
    private static Obj item(Struct item, String apiVersion, String kind) {
        if (item.has("kind")) {
            return Obj.of(item);
        }
        Struct.Builder whole = Struct.builder().put("apiVersion", apiVersion).put("kind", kind);
        item.forEach(whole::put);
        return Obj.of(whole.build());
    }
}
