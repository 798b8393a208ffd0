package io.k3j.apiserver;

import io.k3j.apirequests.ListQuery;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ListOptions;
import io.k3j.objectregistry.ListPage;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Serves get and list of kinds that are not stored: `componentstatuses` itself, others by the [Lister] of the bundle
/// that contributes them. Elements of a list are made while it is sent, so that a long one takes no memory.
final class UnstoredReads {
    private static final Gvr COMPONENTS = Gvr.of("v1", "componentstatuses");
    private final ReadHandler answers;
    private final ComponentStatuses components;
    private final Function<Gvr, Optional<Lister>> listers;

    UnstoredReads(ReadHandler answers, ComponentStatuses components, Function<Gvr, Optional<Lister>> listers) {
        this.answers = answers;
        this.components = components;
        this.listers = listers;
    }

    /// Serves a request.
    /// @throws ApiFault 400 for a field that cannot be selected by, 404, 503
    void serve(Request request, Target target) throws IOException {
        if (target.gvr().equals(COMPONENTS)) {
            components.serve(request, target);
            return;
        }
        Lister lister = listers.apply(target.gvr()).orElseThrow(
                () -> ApiFault.unavailable("the bundle that serves " + target.gvr().qualified() + " is away"));
        if (!request.info().name().isEmpty()) {
            answers.object(request, target, 200, item(lister.get(request.info().key())));
            return;
        }
        ListOptions options = ListQuery.options(request.params(), false);
        String namespace = request.info().namespace();
        // says what is no field of the kind
        Selection.of(target, namespace, options.labels(), options.fields());
        List<Struct> found = lister.list(new Query(namespace, options.labels(), options.fields()));
        answers.page(request, target, new ListPage(new Items(found), 0, "", 0));
    }

    private static Item item(Struct object) {
        Struct metadata = object.struct("metadata");
        Key key = new Key(metadata.text("namespace"), metadata.text("name"));
        return new Item("/" + key.namespace() + "/" + key.name(), Json.stored(object), 0, 0);
    }

    /// Objects as items, each made when it is looked at.
    private static final class Items extends AbstractList<Item> {
        private final List<Struct> objects;

        Items(List<Struct> objects) {
            this.objects = objects;
        }

        @Override
        public Item get(int index) {
            return item(objects.get(index));
        }

        @Override
        public int size() {
            return objects.size();
        }
    }
}
