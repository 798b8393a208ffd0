package io.k3j.jetcd;

import io.etcd.jetcd.api.RangeResponse;
import java.util.List;

/// The answer to a range.
///
/// @param keys none for a count
/// @param more whether there are keys behind the limit
/// @param count how many there are in the whole range
/// @param revision the newest of the cluster when it was answered, whatever was asked for
/// @param cluster the id of the cluster that answered: another one than before means that the data is another's
public record EtcdPage(List<EtcdKey> keys, boolean more, long count, long revision, long cluster) {
    static EtcdPage of(RangeResponse told) {
        return new EtcdPage(told.getKvsList().stream().map(EtcdKey::of).toList(), told.getMore(), told.getCount(),
                told.getHeader().getRevision(), told.getHeader().getClusterId());
    }
}
