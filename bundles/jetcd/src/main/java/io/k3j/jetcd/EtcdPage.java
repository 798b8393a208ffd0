package io.k3j.jetcd;

import io.etcd.jetcd.api.RangeResponse;
import java.util.List;

/// The answer to a range: its keys, whether more follow, how many there are in all, the newest revision, and which
/// cluster answered.
public record EtcdPage(List<EtcdKey> keys, boolean more, long count, long revision, long cluster) {
    static EtcdPage of(RangeResponse told) {
        return new EtcdPage(told.getKvsList().stream().map(EtcdKey::of).toList(), told.getMore(), told.getCount(),
                told.getHeader().getRevision(), told.getHeader().getClusterId());
    }
}
