package io.k3j.dnsplugins;

import io.k3j.componenthelpers.Cidr;
import io.k3j.dnsmessage.DnsAnswer;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CoreDNS' plug-in `acl` (<https://coredns.io/plugins/acl/>): who may ask for what. The first policy that fits in the
/// first rule whose zones hold the name decides; where none does, and after `allow`, the next link is asked. Never
/// waits by itself.
///
/// @param rules in the order they are written
public record AccessList(List<Rule> rules, Handler next) implements Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "acl";
    private static final String DROPPED = "dropped";

    /// What is done with a question: answered, refused, answered with nothing, or not answered at all.
    public enum Action {
        /// The next link is asked, and no other rule.
        ALLOW,
        /// `REFUSED`.
        BLOCK,
        /// No error, and no record.
        FILTER,
        /// Silence, see [AccessList#drops].
        DROP
    }

    /// @param types of records, none for all
    /// @param networks of clients, none for all
    public record Policy(Action action, Set<Integer> types, List<Cidr> networks) {
        boolean fits(int type, InetAddress client) {
            return (types.isEmpty() || types.contains(type))
                    && (networks.isEmpty() || networks.stream().anyMatch(n -> n.contains(client)));
        }
    }

    /// @param zones of the names it is for
    /// @param policies in the order they are written
    public record Rule(Zones zones, List<Policy> policies) {
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        for (Rule rule : rules) {
            Action action = rule.zones().hold(ask.name()) ? of(rule, ask) : null;
            if (action == Action.ALLOW) {
                break;
            }
            if (action != null) {
                return DnsAnswer.coded(action == Action.FILTER ? DnsAnswer.OK : DnsAnswer.REFUSED, NAME,
                        action == Action.DROP ? DROPPED : "");
            }
        }
        return next.answer(ask);
    }

    private static @Nullable Action of(Rule rule, Ask ask) {
        for (Policy policy : rule.policies()) {
            if (policy.fits(ask.type(), ask.client().getAddress())) {
                return policy.action();
            }
        }
        return null;
    }

    /// Whether a question gets no response.
    /// @param answer that of a chain
    public static boolean drops(DnsAnswer answer) {
        return answer.from().equals(NAME) && answer.why().equals(DROPPED);
    }
}
