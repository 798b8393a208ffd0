package com.example.noticekeeper;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Keeps a ConfigMap `notice` in each namespace that has the annotation, with its text, and in no other. A key is a
/// namespace; one is dealt with at a time, from what the views show.
final class NoticeReconciler implements Reconciler {
    /// Annotation of a namespace, and label of what is made for it.
    static final String NOTICE = "example.com/notice";
    static final Gvr NAMESPACES = new Gvr("", "v1", "namespaces");
    static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final String NAME = "notice";
    private final LiveView namespaces;
    private final LiveView notices;

    private NoticeReconciler(LiveView namespaces, LiveView notices) {
        this.namespaces = namespaces;
        this.notices = notices;
    }

    static void add(ControllerContext context) {
        LiveView namespaces = context.views().of(NAMESPACES);
        LiveView notices = context.views().of(CONFIG_MAPS, Query.ALL.labelled(Selector.parse(NOTICE)));
        context.loop("notice", new NoticeReconciler(namespaces, notices)).on(namespaces)
                .on(notices, notice -> List.of(Key.of(notice.namespace())));
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        String wanted = namespaces.get(key).filter(namespace -> !namespace.terminating())
                .map(namespace -> namespace.annotations().get(NOTICE)).orElse("");
        Optional<Obj> present = notices.get(new Key(key.name(), NAME));
        if (wanted.isEmpty()) {
            present.ifPresent(notice -> writer.delete(CONFIG_MAPS, notice));
        } else if (present.isEmpty()) {
            writer.create(CONFIG_MAPS, notice(key.name(), wanted));
        } else if (!wanted.equals(present.get().at("data", "text"))) {
            writer.update(CONFIG_MAPS, present.get().with(wanted, "data", "text"));
        }
        return Requeue.NEVER;
    }

    private static Obj notice(String namespace, String text) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", Struct.of("name", NAME,
                "namespace", namespace, "labels", Struct.of(NOTICE, "kept")), "data", Struct.of("text", text)));
    }
}
