package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.jetcd.EtcdFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a member without data becomes part of a cluster.
///
/// @param cluster `name=peer URL,…`, this member included
/// @param existing whether the cluster existed before
/// @param voters client URLs of the voting members, comma-separated; empty for a cluster of one
record MemberBootstrap(String cluster, boolean existing, String voters) {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration VERSION_LIMIT = Duration.ofSeconds(1);

    /// Lists the members by asking a server of the cluster.
    interface Source {
        List<Member> members() throws IOException, InterruptedException;
    }

    /// Joining has to be retried: another member is joining, or a member is not reachable.
    static final class Later extends IOException {
        private static final long serialVersionUID = 1L;

        Later(String why) {
            super(why);
        }
    }

    /// A cluster of one.
    static MemberBootstrap alone(String name, String peerUrl) {
        return new MemberBootstrap(name + "=" + peerUrl, false, "");
    }

    /// Adds this member to the cluster as a learner.
    ///
    /// @param installed the version of this server's etcd; empty when unknown
    /// @throws MemberFault when the cluster refuses it for good; nothing was changed
    /// @throws Later when it has to be retried
    static MemberBootstrap join(EtcdLayout layout, Source source, String name, String peerUrl,
            Optional<EtcdVersion> installed)
            throws IOException, InterruptedException {
        List<String> clients = new ArrayList<>();
        for (Member member : source.members()) {
            if (!member.learner()) {
                clients.addAll(member.clientUrls());
            }
        }
        if (clients.isEmpty()) {
            throw new Later("no member of etcd has started yet");
        }
        if (installed.isPresent()) {
            check(installed.get(), versions(layout, clients, installed.get()));
        }
        String voters = String.join(",", clients);
        try (EtcdClient client = Tls.client(layout, voters, false)) {
            return new MemberBootstrap(join(new EtcdCluster(client), name, peerUrl), true, voters);
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.REFUSED) {
                throw new MemberFault("etcd refuses this member: " + e.getMessage());
            }
            throw new Later(String.valueOf(e.getMessage()));
        }
    }

    /// The versions of the members that answer within a second, up to the first that admits this etcd.
    private static List<EtcdVersion> versions(EtcdLayout layout, List<String> clients, EtcdVersion installed)
            throws IOException {
        List<EtcdVersion> versions = new ArrayList<>();
        for (String url : clients) {
            try (EtcdClient client = Tls.client(layout, url, false)) {
                EtcdVersion.in(new EtcdCluster(client).status(VERSION_LIMIT).version()).ifPresent(versions::add);
            } catch (EtcdFailure away) {
                LOG.log(System.Logger.Level.DEBUG, "No version of the etcd at " + url + ": " + away.getMessage());
            }
            if (!versions.isEmpty() && !versions.getLast().after(installed)) {
                break;
            }
        }
        return versions;
    }

    /// A cluster has the version of its oldest member. An older etcd could be added, but would never start.
    /// @throws MemberFault when this etcd is older
    static void check(EtcdVersion installed, List<EtcdVersion> others) {
        if (!others.isEmpty() && others.stream().allMatch(other -> other.after(installed))) {
            EtcdVersion oldest = others.stream().reduce(others.getFirst(), (a, b) -> a.after(b) ? b : a);
            throw new MemberFault("the etcd of this server is " + installed + ", and that of the cluster's members "
                    + oldest + ", which takes in no older one; nobody was added: put etcd and etcdutl of version "
                    + oldest + " into /usr/local/bin and start again");
        }
    }

    private static String join(EtcdCluster cluster, String name, String peerUrl) throws Later {
        List<Member> members = cluster.members(LIMIT);
        check(members, name, peerUrl);
        // an earlier attempt may have added this member without starting it
        boolean added = members.stream().anyMatch(m -> m.name().isEmpty() && m.peerUrls().contains(peerUrl));
        if (members.stream().anyMatch(m -> m.name().isEmpty() && !m.peerUrls().contains(peerUrl))) {
            throw new Later("another member is being added");
        }
        if (!added) {
            cluster.addLearner(peerUrl, LIMIT);
            LOG.log(System.Logger.Level.INFO, "Added to etcd as a learner name=" + name + " peer=" + peerUrl);
        }
        return text(members, name, peerUrl);
    }

    private static void check(List<Member> members, String name, String peerUrl) {
        String node = MemberName.node(name);
        for (Member member : members) {
            if (!member.name().isEmpty() && MemberName.node(member.name()).equals(node)) {
                throw new MemberFault("duplicate node name found, please use a unique name for this node: etcd has the"
                        + " member " + member.name() + " at " + String.join(",", member.peerUrls())
                        + "; give another --node-name, or delete that node first");
            }
            if (!member.name().isEmpty() && member.peerUrls().contains(peerUrl)) {
                throw new MemberFault("etcd's member " + member.name() + " has this server's address " + peerUrl
                        + "; delete that node first, or give another --node-ip");
            }
        }
    }

    private static String text(List<Member> members, String name, String peerUrl) {
        List<String> parts = new ArrayList<>();
        for (Member member : members) {
            if (!member.name().isEmpty()) {
                member.peerUrls().forEach(url -> parts.add(member.name() + "=" + url));
            }
        }
        parts.add(name + "=" + peerUrl);
        return String.join(",", parts);
    }
}
