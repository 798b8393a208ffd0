package io.k3j.jetcd;

import io.etcd.jetcd.api.Event;
import java.util.Optional;

/// One change.
///
/// @param deletion the key is gone; then `key` has no value, and its revision is that of the deletion
/// @param key the version that came to be
/// @param before what was replaced; empty also when it has been compacted meanwhile
public record EtcdEvent(boolean deletion, EtcdKey key, Optional<EtcdKey> before) {
    static EtcdEvent of(Event told) {
        return new EtcdEvent(told.getType() == Event.EventType.DELETE, EtcdKey.of(told.getKv()),
                told.hasPrevKv() ? Optional.of(EtcdKey.of(told.getPrevKv())) : Optional.empty());
    }
}
