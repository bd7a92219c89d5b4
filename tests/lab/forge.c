/*
 * A filter beside the wire: sees a packet that carries a certain text and answers in the server's name at once.
 * It does not hold anything back: the real answer follows later, unless a firewall rule drops the question.
 *
 * forge dns DEVICE PORT HEX A.B.C.D   a forged A record to every UDP query to port PORT that carries the bytes HEX
 * forge fin DEVICE PORT HEX           a forged FIN to the TCP segment to port PORT that carries the bytes HEX
 * Prints "ready" when it listens, ends with its standard input. Build: cc -O2 -o forge forge.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) {
    fprintf(stderr, "forge: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint32_t sum16(const uint8_t *data, size_t length, uint32_t sum) {
    for (size_t i = 0; i + 1 < length; i += 2) sum += (uint32_t)(data[i] << 8 | data[i + 1]);
    if (length % 2) sum += (uint32_t)data[length - 1] << 8;
    return sum;
}

static uint16_t folded(uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return htons((uint16_t)~sum);
}

static void swap(uint8_t *a, uint8_t *b, size_t length) {
    uint8_t kept[16];
    memcpy(kept, a, length);
    memcpy(a, b, length);
    memcpy(b, kept, length);
}

/* A frame taken apart. `network` and `transport` point into `bytes`. */
struct frame {
    uint8_t bytes[2048];
    uint8_t *network, *transport;
    uint8_t protocol;
    size_t transport_length;
};

static int parse(struct frame *f, size_t length) {
    f->network = f->bytes + ETH_HLEN;
    uint16_t type = (uint16_t)(f->bytes[12] << 8 | f->bytes[13]);
    size_t header;
    if (type == ETHERTYPE_IP && length >= ETH_HLEN + 20) {
        header = (size_t)(f->network[0] & 15) * 4;
        f->protocol = f->network[9];
        size_t total = (size_t)(f->network[2] << 8 | f->network[3]);
        if (total < header || total + ETH_HLEN > length) return 0;
        f->transport_length = total - header;
    } else if (type == ETHERTYPE_IPV6 && length >= ETH_HLEN + 40) {
        header = 40; /* no extension headers in the lab */
        f->protocol = f->network[6];
        f->transport_length = (size_t)(f->network[4] << 8 | f->network[5]);
        if (f->transport_length + 40 + ETH_HLEN > length) return 0;
    } else {
        return 0;
    }
    f->transport = f->network + header;
    return f->transport_length >= (f->protocol == IPPROTO_TCP ? 20u : 8u);
}

/* Turns the frame round: it now comes from whom it was sent to. */
static void turn(struct frame *f) {
    swap(f->bytes, f->bytes + 6, 6);
    if (f->network[0] >> 4 == 4)
        swap(f->network + 12, f->network + 16, 4);
    else
        swap(f->network + 8, f->network + 24, 16);
    swap(f->transport, f->transport + 2, 2);
}

/* Sets lengths and checksums for a transport part of `length` bytes and sends the frame. */
static void seal_and_send(int raw, struct frame *f, size_t length) {
    uint32_t pseudo = f->protocol + (uint32_t)length;
    if (f->network[0] >> 4 == 4) {
        size_t header = (size_t)(f->network[0] & 15) * 4;
        struct iphdr *ip = (struct iphdr *)f->network;
        ip->tot_len = htons((uint16_t)(header + length));
        ip->ttl = 57; /* as from a server some hops away */
        ip->check = 0;
        ip->check = folded(sum16(f->network, header, 0));
        pseudo = sum16(f->network + 12, 8, pseudo);
    } else {
        struct ip6_hdr *ip = (struct ip6_hdr *)f->network;
        ip->ip6_plen = htons((uint16_t)length);
        ip->ip6_hlim = 57;
        pseudo = sum16(f->network + 8, 32, pseudo);
    }
    uint8_t *check = f->transport + (f->protocol == IPPROTO_TCP ? 16 : 6);
    memset(check, 0, 2);
    uint16_t sum = folded(sum16(f->transport, length, pseudo));
    memcpy(check, &sum, 2);
    size_t total = (size_t)(f->transport - f->bytes) + length;
    if (send(raw, f->bytes, total, 0) < 0 && errno != ENETDOWN) die("send");
}

/* RFC 1035: the question comes back with one A record. A query for another type gets an empty answer. */
static void forge_dns(int raw, struct frame *f, const uint8_t *address) {
    uint8_t *dns = f->transport + 8, *end = f->transport + f->transport_length, *at = dns + 12;
    if (end - dns < 17) return;
    while (at < end && *at) at += *at + 1;
    if (at + 5 > end) return;
    uint16_t type = (uint16_t)(at[1] << 8 | at[2]);
    at += 5;
    turn(f);
    memset(dns + 6, 0, 6); /* no answer, authority or additional record yet */
    dns[2] = 0x81;         /* response, recursion desired */
    dns[3] = 0x80;         /* recursion available, NOERROR */
    if (type == 1) {
        static const uint8_t record[] = {0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4};
        dns[7] = 1;
        memcpy(at, record, sizeof record);
        memcpy(at + sizeof record, address, 4);
        at += sizeof record + 4;
    }
    size_t length = (size_t)(at - f->transport);
    ((struct udphdr *)f->transport)->len = htons((uint16_t)length);
    seal_and_send(raw, f, length);
}

/* The server seems to have read the segment and to hang up. */
static void forge_fin(int raw, struct frame *f) {
    struct tcphdr *tcp = (struct tcphdr *)f->transport;
    size_t payload = f->transport_length - (size_t)tcp->doff * 4;
    turn(f);
    uint32_t next = htonl(ntohl(tcp->seq) + (uint32_t)payload);
    tcp->seq = tcp->ack_seq;
    tcp->ack_seq = next;
    tcp->doff = 5;
    tcp->fin = tcp->ack = 1;
    tcp->psh = 0;
    seal_and_send(raw, f, 20);
}

int main(int argc, char **argv) {
    if (argc < 5) return fprintf(stderr, "usage: forge dns|fin DEVICE PORT HEX [A.B.C.D]\n"), 2;
    int dns = strcmp(argv[1], "dns") == 0;
    uint16_t port = htons((uint16_t)atoi(argv[3]));
    uint8_t needle[128], address[4] = {0};
    size_t wanted = 0;
    for (const char *hex = argv[4]; wanted < sizeof needle && sscanf(hex, "%2hhx", &needle[wanted]) == 1; hex += 2) wanted++;
    if (dns && (argc < 6 || inet_pton(AF_INET, argv[5], address) != 1)) return fprintf(stderr, "forge: no address\n"), 2;
    int raw = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
    if (raw < 0) die("packet socket");
    struct sockaddr_ll wire = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(argv[2])};
    if (bind(raw, (struct sockaddr *)&wire, sizeof wire) < 0) die(argv[2]);
    puts("ready");
    fflush(stdout);
    static struct frame f;
    struct pollfd watched[2] = {{.fd = raw, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    for (;;) {
        if (poll(watched, 2, -1) < 0 && errno != EINTR) die("poll");
        if (watched[1].revents) return 0;
        struct sockaddr_ll from;
        socklen_t size = sizeof from;
        /* room is left for the record that a forged answer appends */
        ssize_t length = recvfrom(raw, f.bytes, sizeof f.bytes - 64, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
        if (length <= 0 || from.sll_pkttype == PACKET_OUTGOING || !parse(&f, (size_t)length)) continue;
        if (f.protocol != (dns ? IPPROTO_UDP : IPPROTO_TCP) || memcmp(f.transport + 2, &port, 2) != 0) continue;
        if (!memmem(f.transport, f.transport_length, needle, wanted)) continue;
        if (dns)
            forge_dns(raw, &f, address);
        else
            forge_fin(raw, &f);
    }
}
