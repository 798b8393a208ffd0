package io.k3j.kubelet;

import io.k3j.kubeletvolumes.Volumes;
import io.k3j.volumeapi.DriverVolumes;
import io.k3j.volumeapi.VolumeDrivers;
import io.k3j.volumeapi.VolumeHost;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Has the kubelet's volumes ask whoever makes those of drivers now. Another one takes the place of the first, as in a
/// swap: it finds on the disk what that has mounted. Any thread.
final class CurrentDrivers implements AutoCloseable {
    private final VolumeHost host;
    private final Volumes volumes;
    private @Nullable VolumeDrivers drivers;
    private @Nullable DriverVolumes opened;
    private boolean closed;

    CurrentDrivers(VolumeHost host, Volumes volumes) {
        this.host = host;
        this.volumes = volumes;
    }

    /// Asks these from now on.
    synchronized void attach(VolumeDrivers added) {
        leave();
        if (!closed) {
            DriverVolumes fresh = added.open(host);
            drivers = added;
            opened = fresh;
            volumes.drivers(Optional.of(fresh));
        }
    }

    /// Asks them no more, unless others have taken their place.
    synchronized void detach(VolumeDrivers removed) {
        if (drivers == removed) {
            leave();
        }
    }

    private void leave() {
        volumes.drivers(Optional.empty());
        DriverVolumes last = opened;
        drivers = null;
        opened = null;
        if (last != null) {
            last.close();
        }
    }

    /// Tells them that another API server answers from now on.
    synchronized void apiAttached() {
        if (opened != null) {
            opened.apiAttached();
        }
    }

    /// Tells them that none answers for now.
    synchronized void apiDetached() {
        if (opened != null) {
            opened.apiDetached();
        }
    }

    /// Asks nobody any more.
    @Override
    public synchronized void close() {
        closed = true;
        leave();
    }
}
