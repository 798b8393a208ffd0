package io.k3j.etcdclient;

import java.util.ArrayList;
import java.util.List;

/// The answer to a range: its keys, whether more follow, how many there are in all, the newest revision, and which
/// cluster answered.
public record EtcdPage(List<EtcdKey> keys, boolean more, long count, long revision, long cluster) {
    static EtcdPage read(ProtoReader in) {
        List<EtcdKey> keys = new ArrayList<>();
        boolean more = false;
        long count = 0;
        long[] header = new long[4];
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> EtcdKv.header(in.message(), header);
                case 2 -> keys.add(EtcdKey.read(in.message()));
                case 3 -> more = in.flag();
                case 4 -> count = in.number();
                default -> {
                    // a field of a later etcd
                }
            }
        }
        return new EtcdPage(keys, more, count, header[3], header[1]);
    }
}
