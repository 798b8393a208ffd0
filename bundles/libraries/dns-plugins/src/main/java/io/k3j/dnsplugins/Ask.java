package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsQuery;
import java.net.InetSocketAddress;

/// A question on its way through the plug-ins, which may change its name and type.
///
/// Immutable: a plug-in that changes the question asks the next one with another `Ask`. The message of the client goes
/// along, because its spelling, its flags and its size are what the response is made for.
///
/// @param query as it came
/// @param name in lower case
/// @param client who asks
/// @param tcp whether it came over TCP
/// @param patient whether the answer may be waited for
/// @param server where names found on the way are looked up, as aliases
/// @param depth how many such lookups led here
public record Ask(DnsQuery query, String name, int type, InetSocketAddress client, boolean tcp, boolean patient,
        Handler server,
        int depth) {
    /// How long a chain of lookups may be.
    ///
    /// As many as a chain of CNAMEs has links at most; with more the answer is a failure, so that a circle ends.
    static final int DEEPEST = 8;

    /// A question from outside.
    /// @param query as it was read from the message
    /// @param client address and port
    /// @param patient false on the thread that reads a socket
    /// @param server the whole server, which finds the chain for a name
    public static Ask of(DnsQuery query, InetSocketAddress client, boolean tcp, boolean patient, Handler server) {
        return new Ask(query, query.name(), query.type(), client, tcp, patient, server, 0);
    }

    /// With another name or type, for the next link.
    /// @param otherName in lower case, without the dot at the end
    Ask with(String otherName, int otherType) {
        return new Ask(query, otherName, otherType, client, tcp, patient, server, depth);
    }

    /// The name as the client spelled it, when it has not been changed on the way.
    /// @return what a resolver is sent, so that random upper case in a question (0x20) reaches it
    String spelled() {
        return name.equals(query.name()) ? query.spelled() : name;
    }

    /// Asks the server for another name, as CoreDNS' `upstream` does.
    /// @param other a name of any zone of this server
    /// @return [DnsAnswer#LATER] when that would have to wait; a failure beyond [#DEEPEST]
    public DnsAnswer lookup(String other, int otherType) {
        if (depth >= DEEPEST) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "", "a chain of more than " + DEEPEST + " aliases");
        }
        return server.answer(new Ask(query, other, otherType, client, tcp, patient, server, depth + 1));
    }
}
