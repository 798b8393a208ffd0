package io.k3j.etcdclient;

/// One version of one key. `version` counts the key's versions since it was created; `lease` is 0 without one.
public record EtcdKey(String key, byte[] value, long createRevision, long modRevision, long version, long lease) {
    static EtcdKey read(ProtoReader in) {
        String key = "";
        byte[] value = new byte[0];
        long[] numbers = new long[7];
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> key = in.text();
                case 5 -> value = in.bytes();
                case 2, 3, 4, 6 -> numbers[field] = in.number();
                default -> {
                    // a field of a later etcd
                }
            }
        }
        return new EtcdKey(key, value, numbers[2], numbers[3], numbers[4], numbers[6]);
    }
}
