package io.k3j.etcdclient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A transaction in the making: conditions on revisions, what to do when all hold, and what to read otherwise.
public final class EtcdTxn {
    private static final int MOD = 2;
    private final ProtoWriter out = new ProtoWriter();

    /// The key's last change is at exactly this revision; 0: there is no such key.
    public EtcdTxn when(String key, long revision) {
        // etcd counts an empty oneof as no target, so a revision of 0 is written out
        ProtoWriter compare = new ProtoWriter().number(2, MOD).text(3, key);
        out.message(1, revision == 0 ? zero(compare) : compare.number(6, revision).done());
        return this;
    }

    private static byte[] zero(ProtoWriter compare) {
        byte[] head = compare.done();
        byte[] whole = Arrays.copyOf(head, head.length + 2);
        whole[head.length] = 6 << 3;
        return whole;
    }

    /// Then the key gets a value, and a lease when that is not 0.
    public EtcdTxn put(String key, byte[] value, long lease) {
        byte[] put = new ProtoWriter().text(1, key).bytes(2, value).number(3, lease).done();
        out.message(2, new ProtoWriter().message(2, put).done());
        return this;
    }

    /// Then the key is deleted.
    public EtcdTxn delete(String key) {
        out.message(2, new ProtoWriter().message(3, new ProtoWriter().text(1, key).done()).done());
        return this;
    }

    /// Else the key is read.
    public EtcdTxn orRead(String key) {
        out.message(3, new ProtoWriter().message(1, EtcdRange.key(key).write(new ProtoWriter()).done()).done());
        return this;
    }

    byte[] done() {
        return out.done();
    }

    /// What became of it.
    ///
    /// @param revision of the change itself when it took place
    /// @param read what was read instead, in the order it was asked for
    public record Result(boolean succeeded, long revision, List<EtcdPage> read) {
        static Result read(ProtoReader in) {
            boolean succeeded = false;
            long[] header = new long[4];
            List<EtcdPage> read = new ArrayList<>();
            for (int field = in.next(); field != 0; field = in.next()) {
                switch (field) {
                    case 1 -> EtcdKv.header(in.message(), header);
                    case 2 -> succeeded = in.flag();
                    case 3 -> {
                        ProtoReader one = in.message();
                        if (one.next() == 1) {
                            read.add(EtcdPage.read(one.message()));
                        }
                    }
                    default -> {
                        // a field of a later etcd
                    }
                }
            }
            return new Result(succeeded, header[3], read);
        }
    }
}
