package io.k3j.jetcd;

import io.etcd.jetcd.api.Event;
import java.util.Optional;

/// One change. `key` of a deletion has no value.
///
/// @param before what was replaced; empty also when it has been compacted meanwhile
public record EtcdEvent(boolean deletion, EtcdKey key, Optional<EtcdKey> before) {
    static EtcdEvent of(Event told) {
        return new EtcdEvent(told.getType() == Event.EventType.DELETE, EtcdKey.of(told.getKv()),
                told.hasPrevKv() ? Optional.of(EtcdKey.of(told.getPrevKv())) : Optional.empty());
    }
}
