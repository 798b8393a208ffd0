package io.k3j.clienthttp;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ObjList;
import io.k3j.clienthttp.Connection.Request;
import io.k3j.codec.Json;
import io.k3j.model.FieldMask;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Lists in chunks, all at one revision (Kubernetes API Concepts, Retrieving large results sets in chunks).
final class Pages {
    private static final String LIMIT = "500";
    private static final String LIST = "List";
    private static final int MAX_RESTARTS = 3;

    private Pages() {
    }

    /// All objects a question is about. Starts over, up to three times, when the revision expires between two
    /// chunks.
    ///
    /// @param kept what becomes of each object before the next chunk is asked for
    /// @throws ApiFault the server's refusal
    static ObjList all(Connection connection, Question question, UnaryOperator<Obj> kept) {
        for (int start = 1;; start++) {
            try {
                return listOnce(connection, question, kept);
            } catch (ApiFault fault) {
                if (fault.code() != 410 || start == MAX_RESTARTS) {
                    throw fault;
                }
            }
        }
    }

    private static ObjList listOnce(Connection connection, Question question, UnaryOperator<Obj> kept) {
        List<Obj> items = new ArrayList<>();
        String next = "";
        while (true) {
            Struct list = page(connection, question, LIMIT, next);
            String kind = list.text("kind");
            String single = kind.endsWith(LIST) ? kind.substring(0, kind.length() - LIST.length()) : kind;
            list.seq("items").structs().forEach(
                    i -> items.add(kept.apply(item(i, list.text("apiVersion"), single))));
            next = list.struct("metadata").text("continue");
            if (next.isEmpty()) {
                return new ObjList(List.copyOf(items),
                        Long.parseLong(list.struct("metadata").text("resourceVersion", "0")));
            }
        }
    }

    private static Struct page(Connection connection, Question question, String limit, String next) {
        String path = RequestPaths.of(question.resource(), question.query().namespace()).with(question.query())
                .with("limit", limit).with("continue", next).toString();
        FieldMask fields = question.fields();
        return Json.object(connection.send(Request.get(path)), fields.everything() ? fields
                : fields.under("items").with("apiVersion").with("kind").with("metadata"));
    }

    /// Lists one object, to learn whether the identity may list.
    /// @throws ApiFault when it may not
    static void probe(Connection connection, Question question) {
        page(connection, question, "1", "");
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
