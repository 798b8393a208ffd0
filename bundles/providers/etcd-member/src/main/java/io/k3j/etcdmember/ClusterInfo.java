package io.k3j.etcdmember;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The body of `/db/info`: the members, in the field names of etcd's JSON gateway.
final class ClusterInfo {
    private ClusterInfo() {
    }

    static byte[] write(List<Member> members) {
        return members.stream().map(ClusterInfo::text).collect(Collectors.joining(",", "{\"members\":[", "]}"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Member member) {
        Struct.Builder one = Struct.builder().putUnlessEmpty("name", member.name())
                .put("peerURLs", Seq.copyOf(member.peerUrls()))
                .putUnlessEmpty("clientURLs", Seq.copyOf(member.clientUrls()));
        if (member.learner()) {
            one.put("isLearner", true);
        }
        // an id is an unsigned 64-bit number, which the JSON library cannot write
        return "{\"ID\":" + Long.toUnsignedString(member.id()) + "," + Json.text(one.build()).substring(1);
    }

    /// The members, without their ids.
    /// @throws IOException when the body is no such list
    static List<Member> read(byte[] body) throws IOException {
        try {
            Seq all = Json.object(body).seq("members");
            List<Member> members = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                Struct member = all.struct(i);
                members.add(new Member(0, member.text("name"), texts(member.seq("peerURLs")),
                        texts(member.seq("clientURLs")), member.flag("isLearner")));
            }
            return members;
        } catch (MalformedInput e) {
            throw new IOException("the list of etcd's members cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<String> texts(Seq values) {
        List<String> texts = new ArrayList<>();
        values.forEach(one -> texts.add(String.valueOf(one)));
        return texts;
    }
}
