package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;

/// One link of a server block's chain of plug-ins: answers, or asks the next one. For any thread.
///
/// A chain is made once for a configuration and asked by many threads at a time. What a link counts or remembers is
/// its own; what it makes of an answer is a new [DnsAnswer], since the one it got may be in a cache.
@FunctionalInterface
public interface Handler {
    /// The answer. Waits only when [Ask#patient]; otherwise [DnsAnswer#LATER] says that it would have to.
    /// @param ask what is asked, by whom
    /// @return never null; what went wrong is a failure with its cause, not an exception
    DnsAnswer answer(Ask ask);
}
