package io.k3j.clusterdns;

import io.k3j.clusterdns.Answer.Data;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Answers questions about the cluster's own names from the picture. Pure but for the picture.
final class Zone {
    private static final String VERSION = "1.1.0";
    private static final int WEIGHT = 100;
    private final String domain;
    private final Picture picture;

    Zone(String domain, Picture picture) {
        this.domain = domain;
        this.picture = picture;
    }

    String domain() {
        return domain;
    }

    /// The answer, or empty when the name is not one of the cluster's.
    Optional<Answer> answer(Question q) {
        if (q.name().equals(domain)) {
            return Optional.of(Answer.NOTHING);
        }
        if (q.name().endsWith("." + domain)) {
            String below = q.name().substring(0, q.name().length() - domain.length() - 1);
            return Optional.of(below(q, Arrays.asList(below.split("\\."))));
        }
        if (q.name().endsWith(".arpa")) {
            return Reverse.address(q.name()).flatMap(a -> pointers(q, a));
        }
        List<String> node = picture.node(q.name());
        return node.isEmpty() ? Optional.empty() : Optional.of(addresses(q, node));
    }

    private Optional<Answer> pointers(Question q, String address) {
        List<String> names = picture.reverse(address);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        List<Data> records = new ArrayList<>();
        if (q.type() == Type.PTR || q.type() == Type.ANY) {
            names.forEach(n -> {
                int dot = n.lastIndexOf('.');
                records.add(
                        new Data.Name(q.name(), Type.PTR, n.substring(0, dot) + n.substring(dot) + ".svc." + domain));
            });
        }
        return Optional.of(Answer.of(records));
    }

    private Answer below(Question q, List<String> labels) {
        String last = labels.getLast();
        int n = labels.size();
        if (last.equals("dns-version") && n == 1) {
            return q.type() == Type.TXT ? Answer.of(List.of(new Data.Text(q.name(), VERSION))) : Answer.NOTHING;
        }
        if (last.equals("svc") || last.equals("pod")) {
            if (n == 1) {
                return Answer.NOTHING;
            }
            String namespace = labels.get(n - 2);
            if (!picture.namespace(namespace)) {
                return Answer.NO_NAME;
            }
            return n == 2 ? Answer.NOTHING
                    : last.equals("pod") ? pod(q, labels)
                            : service(q, namespace, labels.get(n - 3), labels.subList(0, n - 3));
        }
        return Answer.NO_NAME;
    }

    /// `10-42-0-7.default.pod.cluster.local`: the address is in the name.
    private static Answer pod(Question q, List<String> labels) {
        String name = labels.getFirst();
        if (labels.size() != 3) {
            return Answer.NO_NAME;
        }
        for (char separator : new char[] {'.', ':'}) {
            Optional<byte[]> address = literal(name.replace('-', separator));
            if (address.isPresent()) {
                return addresses(q, List.of(name.replace('-', separator)));
            }
        }
        return Answer.NO_NAME;
    }

    private Answer service(Question q, String namespace, String name, List<String> below) {
        Optional<Obj> found = picture.service(namespace, name);
        if (found.isEmpty()) {
            return Answer.NO_NAME;
        }
        Obj service = found.get();
        if (service.spec().text("type").equals("ExternalName")) {
            String target = service.spec().text("externalName");
            return below.isEmpty()
                    ? new Answer(Answer.OK, List.of(new Data.Name(q.name(), Type.CNAME, target)), List.of(), false)
                    : Answer.NO_NAME;
        }
        return switch (below.size()) {
            case 0 -> q.type() == Type.SRV ? ports(q, service, "", "") : addresses(q, all(service));
            case 1 -> named(q, service, below.getFirst());
            case 2 -> below.get(0).startsWith("_") && below.get(1).startsWith("_")
                    ? ports(q, service, below.get(0).substring(1), below.get(1).substring(1)) : Answer.NO_NAME;
            default -> Answer.NO_NAME;
        };
    }

    private List<String> all(Obj service) {
        return Picture.headless(service)
                ? picture.endpoints(service).stream().map(Picture.Endpoint::address).distinct().toList()
                : Picture.addresses(service);
    }

    /// One endpoint of a headless service, by its hostname; `_tcp` and `_udp` only lead to ports.
    private Answer named(Question q, Obj service, String label) {
        if (label.equals("_tcp") || label.equals("_udp")) {
            return Answer.NOTHING;
        }
        List<String> addresses = picture.endpoints(service).stream().filter(e -> e.hostname().equals(label))
                .map(Picture.Endpoint::address).toList();
        return addresses.isEmpty() || !Picture.headless(service) ? Answer.NO_NAME : addresses(q, addresses);
    }

    /// The named ports of a service; empty `port` means all of them.
    private Answer ports(Question q, Obj service, String port, String protocol) {
        List<Data> records = new ArrayList<>();
        List<Data> additional = new ArrayList<>();
        String base = service.name() + "." + service.namespace() + ".svc." + domain;
        if (Picture.headless(service)) {
            for (Picture.Endpoint e : picture.endpoints(service)) {
                String target = e.hostname() + "." + base;
                e.ports().stream().filter(p -> matches(p, port, protocol))
                        .forEach(
                                p -> records.add(new Data.Service(q.name(), WEIGHT, (int) p.whole("port", 0), target)));
                literal(e.address()).ifPresent(a -> additional.add(new Data.Address(target, a)));
            }
        } else {
            service.spec().seq("ports").structs().stream().filter(p -> matches(p, port, protocol))
                    .forEach(p -> records.add(new Data.Service(q.name(), WEIGHT, (int) p.whole("port", 0), base)));
            Picture.addresses(service)
                    .forEach(a -> literal(a).ifPresent(b -> additional.add(new Data.Address(base, b))));
        }
        if (records.isEmpty()) {
            return port.isEmpty() ? Answer.NOTHING : Answer.NO_NAME;
        }
        return q.type() == Type.SRV || q.type() == Type.ANY ? new Answer(Answer.OK, records, additional, false)
                : Answer.NOTHING;
    }

    private static boolean matches(Struct port, String name, String protocol) {
        return name.isEmpty() && !port.text("name").isEmpty()
                || !name.isEmpty() && port.text("name").equals(name)
                        && port.text("protocol", "TCP").equalsIgnoreCase(protocol);
    }

    private static Answer addresses(Question q, List<String> addresses) {
        List<Data> records = new ArrayList<>();
        for (String a : addresses) {
            literal(a).filter(b -> q.type() == Type.ANY || q.type() == (b.length == 4 ? Type.A : Type.AAAA))
                    .ifPresent(b -> records.add(new Data.Address(q.name(), b)));
        }
        return Answer.of(records);
    }

    static Optional<byte[]> literal(String address) {
        try {
            return Optional.of(InetAddress.ofLiteral(address).getAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
