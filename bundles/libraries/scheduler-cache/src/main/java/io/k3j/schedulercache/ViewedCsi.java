package io.k3j.schedulercache;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Optional;

/// What CSI drivers tell, as it is seen. Any thread.
public record ViewedCsi(LiveView nodes, LiveView drivers, LiveView storage, LiveView attached) implements CsiObjects {
    private static final String BY_CLASS = "class";
    private static final String BY_NODE = "node";

    static ViewedCsi of(LiveViews views) {
        return new ViewedCsi(views.of(BuiltinResources.CSI_NODES), views.of(BuiltinResources.CSI_DRIVERS),
                views.of(BuiltinResources.CSI_STORAGE_CAPACITIES).index(BY_CLASS,
                        c -> List.of(c.tree().text("storageClassName"))),
                views.of(BuiltinResources.VOLUME_ATTACHMENTS).index(BY_NODE,
                        a -> List.of(a.spec().text("nodeName"))));
    }

    @Override
    public Optional<Obj> node(String node) {
        return nodes.get(Key.of(node));
    }

    @Override
    public Optional<Obj> driver(String name) {
        return drivers.get(Key.of(name));
    }

    @Override
    public List<Obj> capacities(String storageClass) {
        return storage.by(BY_CLASS, storageClass);
    }

    @Override
    public List<Obj> attachments(String node) {
        return attached.by(BY_NODE, node);
    }
}
