package io.k3j.schedulercache;

import io.k3j.controllerkit.VolumeMatch;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Optional;

/// Claims, volumes and classes as they are seen. Any thread.
public record ViewedVolumes(LiveView claims, LiveView volumes, LiveView classes, ViewedCsi csi)
        implements
            ClaimedVolumes {
    private static final String BY_CLASS = "class";

    /// Those of these views.
    public static ViewedVolumes of(LiveViews views) {
        return new ViewedVolumes(views.of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS),
                views.of(BuiltinResources.PERSISTENT_VOLUMES).index(BY_CLASS,
                        v -> List.of(VolumeMatch.className(v))),
                views.of(BuiltinResources.STORAGE_CLASSES), ViewedCsi.of(views));
    }

    @Override
    public Optional<Obj> claim(Key key) {
        return claims.get(key);
    }

    @Override
    public Optional<Obj> volume(String name) {
        return volumes.get(Key.of(name));
    }

    @Override
    public List<Obj> volumesOf(String storageClass) {
        return volumes.by(BY_CLASS, storageClass);
    }

    @Override
    public Optional<Obj> storageClass(String name) {
        return classes.get(Key.of(name));
    }
}
