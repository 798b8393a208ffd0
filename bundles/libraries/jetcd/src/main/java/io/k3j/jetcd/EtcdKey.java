package io.k3j.jetcd;

import io.etcd.jetcd.api.KeyValue;

/// One version of one key.
///
/// @param key as UTF-8
/// @param value empty of a deletion; not copied, nobody changes it
/// @param createRevision at which the key came to be
/// @param modRevision at which this version came to be
/// @param version counts the key's versions since it was created, from 1
/// @param lease the lease it vanishes with, 0 without one
public record EtcdKey(String key, byte[] value, long createRevision, long modRevision, long version, long lease) {
    static EtcdKey of(KeyValue told) {
        return new EtcdKey(told.getKey().toStringUtf8(), told.getValue().toByteArray(), told.getCreateRevision(),
                told.getModRevision(), told.getVersion(), told.getLease());
    }
}
