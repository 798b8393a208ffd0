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
            new EtcdCluster(client).snapshot(bytes -> put(out, bytes));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (EtcdFailure e) {
            throw new IOException(e.getMessage(), e);
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
