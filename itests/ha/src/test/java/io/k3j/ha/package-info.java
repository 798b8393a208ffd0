/// High availability, page by page: the commands and files of `docs/ha-*.md` and `docs/cluster-load-balancer.md` are read
/// from the pages and carried out on machines of their own, then parts are killed.
package io.k3j.ha;
