package io.k3j.etcdmember;

import io.k3j.etcdsnapshots.EtcdSnapshots;
import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Set;

/// Takes snapshots of this server's member, each over its own connection.
record MemberSnapshot(Member.Wish wish, Member member) implements EtcdSnapshots.Source {
    @Override
    public void copyTo(OutputStream out) throws IOException {
        try (EtcdClient client = Tls.client(wish.layout(), wish.config().clientUrl(), false)) {
            copy(new EtcdCluster(client), out);
        } catch (EtcdFailure e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Writes the database of a member as a snapshot.
    /// @throws EtcdFailure when the member does not tell all of it
    static void copy(EtcdCluster of, OutputStream out) throws IOException {
        try {
            of.snapshot(bytes -> put(out, bytes));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void put(OutputStream out, byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<String> nodes() {
        return member.nodes();
    }
}
