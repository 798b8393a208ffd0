package io.k3j.etcdclient;

import java.util.Optional;

/// One change. `key` of a deletion has no value.
///
/// @param before what was replaced; empty also when it has been compacted meanwhile
public record EtcdEvent(boolean deletion, EtcdKey key, Optional<EtcdKey> before) {
    static EtcdEvent read(ProtoReader in) {
        boolean deletion = false;
        EtcdKey key = new EtcdKey("", new byte[0], 0, 0, 0, 0);
        Optional<EtcdKey> before = Optional.empty();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> deletion = in.flag();
                case 2 -> key = EtcdKey.read(in.message());
                case 3 -> before = Optional.of(EtcdKey.read(in.message()));
                default -> {
                    // a field of a later etcd
                }
            }
        }
        return new EtcdEvent(deletion, key, before);
    }
}
