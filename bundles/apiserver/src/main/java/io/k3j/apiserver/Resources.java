package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.io.IOException;

/// Reads of resources over HTTP: get, list and watch, in the form the client asked for.
final class Resources {
    private final Reads reads;
    private final Renderer renderer;
    private final Tables tables;
    private final Answers answers;
    private final ListWriter lists;

    Resources(Reads reads, Renderer renderer, Answers answers, ListWriter lists) {
        this.reads = reads;
        this.renderer = renderer;
        this.tables = renderer.tables();
        this.answers = answers;
        this.lists = lists;
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
            answers.tree(request, status, tables.of(target, target.object(item), form, include, true));
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
            page = reads.list(selection, options, request::warn, request.exchange()::gone);
        } catch (Reads.ExpiredList e) {
            answers.tree(request, 410, e.answer().status());
            return;
        }
        page(request, selection.target(), page);
    }

    /// Answers with a page.
    void page(Request request, Target target, ListPage page) throws IOException {
        lists.write(request, new ListShape(renderer, tables, request, target), page);
    }

    /// 405.
    static ApiFault notAllowed() {
        return new ApiFault(405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                Struct.EMPTY);
    }
}
