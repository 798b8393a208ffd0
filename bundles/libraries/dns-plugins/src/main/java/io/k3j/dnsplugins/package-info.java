/// CoreDNS' plug-ins that know no cluster (<https://coredns.io/plugins/>), as links of a chain: a [Handler] answers a
/// question ([Ask]) or asks the next one. [Rewrite], [Template], [Hosts], [LoadBalance], [Cache], [Forward],
/// [LoopCheck], [ErrorLog] and [QueryLog] are such links; [Zones] says for which names.
///
/// ```
///   Ask ─► ErrorLog ─► QueryLog ─► LoadBalance ─► Rewrite ─► Cache ─► Template ─► Hosts
///       ─► (the cluster's names, in `cluster-dns`) ─► LoopCheck ─► Forward ─► Upstream
/// ```
///
/// How they are written in a Corefile and which stand in a chain is not known here. **Threads.** None of their own;
/// every link is for any thread. [Forward], [LoopCheck#loops] and [Forward#check] wait for resolvers, within a limit,
/// and only for a question whose asker may wait ([Ask#patient]): otherwise the answer is `DnsAnswer.LATER`.
/// **Memory.** The cache, the causes an [ErrorLog] remembers and the questions a [Forward] has under way each have a
/// named bound. Regular expressions of users are those of RE2, which take linear time.
@NullMarked
package io.k3j.dnsplugins;

import org.jspecify.annotations.NullMarked;
