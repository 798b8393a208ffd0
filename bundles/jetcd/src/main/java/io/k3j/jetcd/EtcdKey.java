package io.k3j.jetcd;

import io.etcd.jetcd.api.KeyValue;

/// One version of one key. `version` counts the key's versions since it was created; `lease` is 0 without one.
public record EtcdKey(String key, byte[] value, long createRevision, long modRevision, long version, long lease) {
    static EtcdKey of(KeyValue told) {
        return new EtcdKey(told.getKey().toStringUtf8(), told.getValue().toByteArray(), told.getCreateRevision(),
                told.getModRevision(), told.getVersion(), told.getLease());
    }
}
