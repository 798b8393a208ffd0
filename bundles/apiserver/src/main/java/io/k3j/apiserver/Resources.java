package io.k3j.apiserver;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads of resources over HTTP: get, list and watch, in the form the client asked for.
final class Resources {
    private final Reads reads;
    private final Renderer renderer;
    private final Tables tables;
    private final Answers answers;

    Resources(Reads reads, Renderer renderer, Tables tables, Answers answers) {
        this.reads = reads;
        this.renderer = renderer;
        this.tables = tables;
        this.answers = answers;
    }

    /// One object, as its main resource or through a subresource that shows the whole of it.
    void get(Request request, Target target) throws IOException {
        ListOptions options = ListOptions.of(request.params(), false);
        Item item = reads.get(target, request.info().key(), options.revision(), request::warn);
        object(request, target, 200, item);
    }

    /// Answers with one object.
    void object(Request request, Target target, int status, Item item) throws IOException {
        Form form = request.form();
        if (form.as() == Form.As.TABLE) {
            Tables.Include include = Tables.Include.of(request.params().text("includeObject"));
            answers.tree(request, status, tables.of(target, List.of(target.object(item)), form, include, true));
            return;
        }
        byte[] bytes = renderer.bytes(target, item, item.revision(), form);
        if (form.type() == Form.Type.JSON && !form.pretty()) {
            answers.json(request, status, bytes);
        } else {
            answers.bytes(request, status, form.type().mediaType(), bytes);
        }
    }

    /// A page of a list.
    void list(Request request, Selection selection, ListOptions options) throws IOException {
        ListPage page;
        try {
            page = reads.list(selection, options, request::warn);
        } catch (Reads.ExpiredList e) {
            answers.tree(request, 410, e.answer().status());
            return;
        }
        page(request, selection.target(), page);
    }

    /// Answers with a page.
    void page(Request request, Target target, ListPage page) throws IOException {
        Form form = request.form();
        if (form.type() == Form.Type.JSON && form.as() == Form.As.OBJECT && !form.pretty()) {
            stream(request, target, page);
            return;
        }
        answers.tree(request, 200, tree(request, target, page));
    }

    private void stream(Request request, Target target, ListPage page) throws IOException {
        Gvk kind = target.kind().gvk();
        ChunkWriter out = new ChunkWriter(request, answers.headers(request, Form.Type.JSON.mediaType()));
        byte[] head = Json.bytes(Struct.of("kind", kind.kind() + "List", "apiVersion", kind.apiVersion(), "metadata",
                metadata(page)));
        out.write(head, 0, head.length - 1);
        out.write(bytes(",\"items\":["));
        boolean first = true;
        for (Item item : page.items()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            renderer.item(target, item, out);
        }
        out.write(bytes("]}\n"));
        out.finish();
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    private Struct tree(Request request, Target target, ListPage page) {
        Form form = request.form();
        List<Obj> objects = page.items().stream().map(target::object).toList();
        if (form.as() == Form.As.TABLE) {
            Tables.Include include = Tables.Include.of(request.params().text("includeObject"));
            return tables.of(target, objects, form, include, true).with("metadata", metadata(page));
        }
        boolean partial = form.as() == Form.As.METADATA;
        List<Struct> items = new ArrayList<>(objects.size());
        for (Obj o : objects) {
            items.add(partial ? Tables.metadataOnly(o, form.version()) : bare(target.kind(), o.document()));
        }
        Gvk kind = target.kind().gvk();
        return Struct.of("kind", partial ? "PartialObjectMetadataList" : kind.kind() + "List", "apiVersion",
                partial ? "meta.k8s.io/" + form.version() : kind.apiVersion(), "metadata", metadata(page), "items",
                items);
    }

    private Struct bare(ResourceKind kind, Struct document) {
        return renderer.builtIn(kind) ? document.without("apiVersion").without("kind") : document;
    }

    private static Struct metadata(ListPage page) {
        Struct.Builder b = Struct.builder().put("resourceVersion", Long.toString(page.revision()))
                .putUnlessEmpty("continue", page.token());
        if (page.remaining() > 0) {
            b.put("remainingItemCount", page.remaining());
        }
        return b.build();
    }

    /// 405.
    static ApiFault notAllowed() {
        return new ApiFault(405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                Struct.EMPTY);
    }
}
