package io.k3j.apiserver;

import io.k3j.apirequests.Form;
import io.k3j.apirequests.Latency;
import io.k3j.apirequests.ListQuery;
import io.k3j.apirequests.ListShape;
import io.k3j.apirequests.ListWriter;
import io.k3j.apirequests.Renderer;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.apirequests.Tables;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ListOptions;
import io.k3j.objectregistry.ListPage;
import io.k3j.objectregistry.ObjectReads;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import java.io.IOException;

/// Serves get, list and watch over HTTP, in the negotiated form.
final class ReadHandler {
    private final ObjectReads reads;
    private final Renderer renderer;
    private final Tables tables;
    private final Responses answers;
    private final ListWriter lists;

    ReadHandler(ObjectReads reads, Renderer renderer, Responses answers, ListWriter lists) {
        this.reads = reads;
        this.renderer = renderer;
        this.tables = renderer.tables();
        this.answers = answers;
        this.lists = lists;
    }

    /// Serves one object, from the main resource or a subresource that shows the whole object.
    void get(Request request, Target target) throws IOException {
        ListOptions options = ListQuery.options(request.params(), false);
        Item item = reads.get(target, request.info().key(), options.revision(), request::warn);
        object(request, target, 200, item);
    }

    /// Sends one object.
    void object(Request request, Target target, int status, Item item) throws IOException {
        Form form = request.form();
        if (form.as() == Form.As.TABLE) {
            Tables.Include include = Tables.Include.of(request.params().text("includeObject"));
            answers.tree(request, status, tables.of(target, target.object(item), form, include, true));
            return;
        }
        long begun = request.audit().begin();
        byte[] bytes = renderer.bytes(target, item, item.revision(), form);
        request.audit().since(Latency.SERIALIZATION, begun);
        if (form.type() == Form.Type.JSON && !form.pretty()) {
            answers.json(request, status, bytes);
        } else {
            answers.bytes(request, status, form.type().mediaType(), bytes);
        }
    }

    /// Sends a Scale.
    void scale(Request request, Struct scale) throws IOException {
        answers.tree(request, 200, request.form().as() != Form.As.TABLE ? scale
                : tables.scale(scale, request.form(), Tables.Include.of(request.params().text("includeObject"))));
    }

    /// The stored bytes of the object a request names, as far as this server knows it; else empty.
    byte[] known(Request request, Target target) {
        return reads.known(target, request.info().key());
    }

    /// Serves a page of a list.
    void list(Request request, Selection selection, ListOptions options) throws IOException {
        ListPage page;
        try {
            page = reads.list(selection, options, request::warn, request.exchange()::gone);
        } catch (ObjectReads.ExpiredList e) {
            answers.tree(request, 410, e.status());
            return;
        }
        page(request, selection.target(), page);
    }

    /// Sends a page.
    void page(Request request, Target target, ListPage page) throws IOException {
        boolean converts = request.form().as() != Form.As.METADATA && target.remote();
        lists.write(request, new ListShape(renderer, tables, request, target),
                converts ? page.with(new ConvertedPage(target, page.items())) : page);
    }

    /// 405.
    static ApiFault notAllowed() {
        return new ApiFault(405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                Struct.EMPTY);
    }
}
